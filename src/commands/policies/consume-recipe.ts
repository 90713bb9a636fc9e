import type { StockItemId } from '../../domain/ids.ts';
import type { StockUse } from '../../domain/stock-item.ts';
import { policy, send, type PolicyFact } from './policy.ts';

/** What is cooked leaves the store-room. The event's quantities are a whole line's already. */
export const consumeRecipe = policy('consume-recipe', 'log-start', {
  OrderTicketStarted: (fact) =>
    [...usesByItem(fact)].map(([stockItemId, uses]) => send(stockItemId, { type: 'ConsumeStock', data: { stockItemId, uses } })),
});

const usesByItem = ({ data: { orderId, uses } }: PolicyFact<'OrderTicketStarted'>): ReadonlyMap<StockItemId, readonly StockUse[]> => {
  const byItem = new Map<StockItemId, StockUse[]>();
  for (const { lineId, recipeVersion, ingredients } of uses) {
    for (const [stockItemId, quantity] of totals(ingredients)) {
      const sofar = byItem.get(stockItemId) ?? [];
      byItem.set(stockItemId, [...sofar, { orderId, lineId, recipeVersion, quantity }]);
    }
  }
  return byItem;
};

/** A recipe may name an ingredient twice (in the dough and on top), or none of it. */
const totals = (ingredients: PolicyFact<'OrderTicketStarted'>['data']['uses'][number]['ingredients']): ReadonlyMap<StockItemId, number> => {
  const byItem = new Map<StockItemId, number>();
  for (const { stockItemId, quantity } of ingredients) {
    if (quantity > 0) byItem.set(stockItemId, (byItem.get(stockItemId) ?? 0) + quantity);
  }
  return byItem;
};
