import Type from 'typebox';

/** The schemas commands share. Ids are UUIDs; stations and categories have short names the restaurant gives. */
export const Id = Type.String({ format: 'uuid', description: 'UUID, best version 7' });
export const Slug = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', description: 'lower-case letters, digits and hyphens' });
export const Name = Type.String({ minLength: 1, maxLength: 120 });
export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
export const Money = Type.Object(
  { amount: Type.Integer({ description: 'in minor units' }), currency: Currency },
  { additionalProperties: false },
);
const Unit = Type.Enum(['mg', 'g', 'kg', 'oz', 'lb', 'ul', 'ml', 'cl', 'l', 'piece', 'dozen']);
export const DisplayUnit = Unit;
export const Quantity = Type.Object(
  {
    amount: Type.Union([Type.Number(), Type.String({ pattern: '^-?[0-9]{1,15}([.][0-9]{1,9})?$' })], {
      description: 'a number, or exact decimal text',
    }),
    unit: Unit,
  },
  { additionalProperties: false },
);
/** The n-th ticket of an order: `<orderId>.<n>`. */
export const TicketId = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[.][1-9][0-9]{0,3}$',
});
export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const input = <P extends Type.TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
