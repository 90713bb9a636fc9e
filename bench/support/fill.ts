import { randomUUID } from 'node:crypto';
import type { EventStore } from '../../src/commands/ports.ts';
import type { Message } from '../../src/domain/decider.ts';
import { orderDecider, type OrderCommand, type OrderEvent } from '../../src/domain/order.ts';
import { beefId, canonicalEvents, orderId, tableId } from '../../test/support/canonical-events.ts';
import * as order from '../../test/support/order-facts.ts';
import { metadata } from './line-added.ts';

type Event = Message<string, unknown>;

const TABLES = 40;
const STOCK_ITEMS = 60;
const TOGETHER = 256;

const tender = canonicalEvents.OrderTendered.data.tender;
const COMMANDS: readonly OrderCommand[] = [
  order.openOrder,
  order.addLines(order.hamburgers),
  order.addLines(order.edamame),
  order.sendOrder,
  ...[order.grillTicketId, order.coldTicketId].flatMap((ticketId) => [
    order.startTicket(ticketId),
    order.readyTicket(ticketId),
    order.bumpTicket(ticketId),
  ]),
  { type: 'TenderOrder', data: { orderId, tender: { ...tender, amount: order.usd(3090) } } },
  order.closeOrder,
];

/** What each command came to. */
const livedOrder = (): readonly (readonly OrderEvent[])[] => {
  let state = orderDecider.initial;
  return COMMANDS.map((command) => {
    const events = orderDecider.decide(state, command);
    state = events.reduce(orderDecider.evolve, state);
    return events;
  });
};

const LIVED = livedOrder();
const ORDER = JSON.stringify(LIVED);
const LINE_IDS = [order.hamburgers.lineId, order.edamame.lineId];

type Visit = { readonly tableId: string; readonly stockItemId: string };
type Written = { readonly stream: string; readonly events: readonly Event[] };

/** Guests sit down, order, eat, pay and leave, as the domain decided it once, with ids of their own. */
const visit = ({ tableId: table, stockItemId }: Visit): readonly Written[] => {
  const id = randomUUID();
  const lineIds = LINE_IDS.map(() => randomUUID());
  let text = ORDER.replaceAll(orderId, id).replaceAll(tableId, table).replaceAll(tender.tenderId, randomUUID());
  LINE_IDS.forEach((lineId, index) => (text = text.replaceAll(lineId, lineIds[index] ?? '')));
  const use = { orderId: id, lineId: lineIds[0], recipeVersion: 2, quantity: 300_000 };
  return [
    { stream: `Table-${table}`, events: [{ type: 'TableSeated', data: { tableId: table, covers: 2 } }] },
    ...(JSON.parse(text) as typeof LIVED).map((events) => ({ stream: `Order-${id}`, events })),
    { stream: `StockItem-${stockItemId}`, events: [{ type: 'StockItemConsumed', data: { stockItemId, quantity: 300_000, uses: [use] } }] },
    { stream: `Table-${table}`, events: [{ type: 'TableReleased', data: { tableId: table } }] },
  ];
};
const PER_VISIT = 3 + LIVED.flat().length;

const named = <E extends Event>(event: E, id: string, ownId: string): E => JSON.parse(JSON.stringify(event).replaceAll(id, ownId)) as E;

export type Filler = {
  /** Appends until the log holds so many events. */
  readonly fillTo: (length: number) => Promise<void>;
};

/** Fills an empty log with what all read models take in: tables, stock, and orders from the first guest to the last payment. */
export const fillerOf = async (store: EventStore): Promise<Filler> => {
  const revisions = new Map<string, number>();
  let length = 0;
  let visits = 0;

  const append = async ({ stream, events }: Written): Promise<void> => {
    const expected = revisions.get(stream) ?? 0;
    revisions.set(stream, expected + events.length);
    length += events.length;
    const ofCommand = { ...metadata, commandId: randomUUID(), correlationId: randomUUID() };
    const done = await store.append({ stream, expected, events, metadata: ofCommand, receipt: null });
    if (done.kind !== 'appended') throw new Error(`Not appended: ${done.kind}`);
    // An order that is over is not heard of again.
    if (events.some(({ type }) => type === 'OrderClosed')) revisions.delete(stream);
  };

  const tables = Array.from({ length: TABLES }, () => randomUUID());
  const stockItems = Array.from({ length: STOCK_ITEMS }, () => randomUUID());
  await Promise.all([
    ...tables.map((id) => append({ stream: `Table-${id}`, events: [named(canonicalEvents.TableDefined, tableId, id)] })),
    ...stockItems.map((id) => append({ stream: `StockItem-${id}`, events: [named(canonicalEvents.StockItemDefined, beefId, id)] })),
  ]);

  const nextVisit = (): readonly Written[] => {
    visits++;
    return visit({ tableId: tables[visits % TABLES] ?? '', stockItemId: stockItems[visits % STOCK_ITEMS] ?? '' });
  };

  const missing = (wanted: number): number => wanted - length;

  return {
    fillTo: async (wanted) => {
      while (missing(wanted) >= PER_VISIT) {
        const count = Math.min(TOGETHER, Math.floor(missing(wanted) / PER_VISIT));
        await Promise.all(Array.from({ length: count }, nextVisit).flat().map(append));
      }
      const rest = nextVisit().filter(({ stream }) => stream.startsWith('StockItem-'));
      while (missing(wanted) > 0) await Promise.all(rest.map(append));
    },
  };
};
