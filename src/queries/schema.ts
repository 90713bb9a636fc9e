import Type from 'typebox';
import { inUnit, smallestUnitOf, type Unit } from '../domain/quantity.ts';

/** The schemas that answers and parameters share. */
export const Id = Type.String({ format: 'uuid' });
export const Slug = Type.String({ minLength: 1, maxLength: 40 });
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
export const Day = Type.String({ format: 'date', description: 'a business day, YYYY-MM-DD' });
export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const params = <P extends Type.TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
export const answer = <P extends Type.TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });

export const Money = answer({ amount: Type.Integer({ description: 'in minor units' }), currency: Type.String() });
export const money = (amount: number, currency: string) => ({ amount, currency });

export const StockQuantity = answer({
  amount: Type.Integer({ description: 'of the smallest unit' }),
  unit: Type.String(),
  display: answer({ amount: Type.String({ description: 'exact decimal text' }), unit: Type.String() }),
});

/** As the books have it, and as people read it. */
export const stockQuantity = (amount: number, displayUnit: Unit) => {
  const [text = '', unit = ''] = inUnit(amount, displayUnit).split(' ');
  return { amount, unit: smallestUnitOf(displayUnit), display: { amount: text, unit } };
};

export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: '100 unless given' }));
const DEFAULT_LIMIT = 100;
/** One more than is shown tells whether there is more. */
export const fetched = (limit: number = DEFAULT_LIMIT): number => limit + 1;

export const list = <T extends Type.TSchema>(item: T) =>
  answer({ items: Type.Array(item), next: Nullable(Type.String({ description: 'give it as `after`' })) });

export const whole = <T>(items: readonly T[]) => ({ items: [...items], next: null });

export const page = <T>(found: readonly T[], limit: number = DEFAULT_LIMIT, cursorOf: (item: T) => string) => {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursorOf(last) : null };
};
