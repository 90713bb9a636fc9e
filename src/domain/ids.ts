type Id<Name extends string> = string & { readonly __id?: Name };

export type OrderId = Id<'Order'>;
export type LineId = Id<'Line'>;
/** `<orderId>.<n>`: the order's nth ticket, so that a ticket names its order's stream. */
export type TicketId = Id<'Ticket'>;
export type TenderId = Id<'Tender'>;
export type TableId = Id<'Table'>;
export type MenuItemId = Id<'MenuItem'>;
export type StockItemId = Id<'StockItem'>;
export type LocationId = Id<'Location'>;
export type ShiftId = Id<'Shift'>;
export type AlertId = Id<'Alert'>;
export type UserId = Id<'User'>;
/** A user's id, or that of the order whose guests are meant. */
export type SubjectId = UserId | OrderId;

/** Stable short names given by the restaurant, unique within its location: `grill`, `italian`. */
export type StationId = Id<'Station'>;
export type CategoryId = Id<'Category'>;
