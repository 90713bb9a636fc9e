import type { DataOf, Decider, Message } from './decider.ts';
import type { CategoryId, LineId, LocationId, MenuItemId, OrderId, StationId, StockItemId, TableId, TenderId, TicketId, UserId } from './ids.ts';
import type { Money } from './money.ts';

export type OrderType = 'dine-in' | 'takeaway' | 'delivery';
export type TenderKind = 'cash' | 'card' | 'voucher';

/** What one portion takes from stock, in the stock item's smallest unit (mg, µl, piece). */
export type Ingredient = { readonly stockItemId: StockItemId; readonly quantity: number };

/** What the menu said when the line was added; fixed from then on. */
export type OrderLine = {
  readonly lineId: LineId;
  readonly menuItemId: MenuItemId;
  readonly name: string;
  readonly categoryId: CategoryId;
  readonly categoryName: string;
  readonly stationId: StationId;
  readonly quantity: number;
  /** Of one portion. */
  readonly price: Money;
  readonly prepSeconds: number;
  readonly recipe: readonly Ingredient[];
  readonly recipeVersion: number;
  readonly seat: number | null;
  readonly course: number | null;
  readonly note: string | null;
};

/** An order's line as the kitchen reads it. */
export type TicketLine = {
  readonly lineId: LineId;
  readonly menuItemId: MenuItemId;
  readonly name: string;
  readonly quantity: number;
  readonly seat: number | null;
  readonly course: number | null;
  readonly note: string | null;
};

/** The lines fired together for one station. */
export type Ticket = {
  readonly ticketId: TicketId;
  readonly stationId: StationId;
  /** The longest of its lines' expected preparation times. */
  readonly prepSeconds: number;
  readonly lines: readonly TicketLine[];
};

/** What every ticket shows of its order. */
export type OrderHeader = {
  readonly locationId: LocationId;
  readonly orderType: OrderType;
  readonly table: { readonly tableId: TableId; readonly name: string } | null;
  readonly covers: number | null;
  /** The server's name as the kitchen calls it. */
  readonly server: string | null;
  /** The number people call the order by. */
  readonly reference: string;
};

/** Consumption caused by one line: what left the store-room for it. */
export type LineUse = {
  readonly lineId: LineId;
  readonly recipeVersion: number;
  readonly ingredients: readonly Ingredient[];
};

export type Tender = {
  readonly tenderId: TenderId;
  readonly kind: TenderKind;
  readonly amount: Money;
  readonly tip: Money;
  readonly reference: string | null;
  readonly lastFour: string | null;
};

export type FiredLineStatus = 'fired' | 'started' | 'ready' | 'served';

export type OrderCommand =
  | Message<'OpenOrder', OrderHeader & { readonly orderId: OrderId; readonly currency: string }>
  | Message<'AddOrderLines', { readonly orderId: OrderId; readonly lines: readonly OrderLine[] }>
  | Message<'ChangeOrderLine', { readonly orderId: OrderId; readonly lineId: LineId; readonly quantity?: number; readonly seat?: number | null; readonly course?: number | null; readonly note?: string | null }>
  | Message<'RemoveOrderLine', { readonly orderId: OrderId; readonly lineId: LineId }>
  | Message<'SendOrder', { readonly orderId: OrderId }>
  | Message<'StartTicket', { readonly orderId: OrderId; readonly ticketId: TicketId }>
  | Message<'ReadyTicket', { readonly orderId: OrderId; readonly ticketId: TicketId }>
  | Message<'BumpTicket', { readonly orderId: OrderId; readonly ticketId: TicketId }>
  | Message<'RecallTicket', { readonly orderId: OrderId; readonly ticketId: TicketId }>
  | Message<'VoidOrderLine', { readonly orderId: OrderId; readonly lineId: LineId; readonly reason: string; readonly approvedBy: UserId }>
  | Message<'TenderOrder', { readonly orderId: OrderId; readonly tender: Tender }>
  | Message<'CloseOrder', { readonly orderId: OrderId }>
  | Message<'CancelOrder', { readonly orderId: OrderId; readonly reason: string; readonly cancelledBy: UserId }>;

export type OrderEvent =
  | Message<'OrderOpened', OrderHeader & { readonly orderId: OrderId; readonly currency: string }>
  | Message<'OrderLinesAdded', { readonly orderId: OrderId; readonly lines: readonly OrderLine[] }>
  | Message<'OrderLineChanged', { readonly orderId: OrderId; readonly lineId: LineId; readonly quantity: number; readonly seat: number | null; readonly course: number | null; readonly note: string | null }>
  | Message<'OrderLineRemoved', { readonly orderId: OrderId; readonly lineId: LineId }>
  | Message<'OrderLinesFired', { readonly orderId: OrderId; readonly header: OrderHeader; readonly tickets: readonly Ticket[] }>
  | Message<'OrderTicketStarted', { readonly orderId: OrderId; readonly ticketId: TicketId; readonly uses: readonly LineUse[] }>
  | Message<'OrderTicketReady', { readonly orderId: OrderId; readonly ticketId: TicketId; readonly lineIds: readonly LineId[] }>
  | Message<'OrderTicketBumped', { readonly orderId: OrderId; readonly locationId: LocationId; readonly stationId: StationId; readonly ticketId: TicketId; readonly lines: readonly TicketLine[] }>
  | Message<'OrderTicketRecalled', { readonly orderId: OrderId; readonly locationId: LocationId; readonly stationId: StationId; readonly ticketId: TicketId; readonly lines: readonly TicketLine[] }>
  | Message<'OrderLineVoided', { readonly orderId: OrderId; readonly locationId: LocationId; readonly ticketId: TicketId; readonly stationId: StationId; readonly line: TicketLine; readonly was: FiredLineStatus; readonly value: Money; readonly reason: string; readonly approvedBy: UserId }>
  | Message<'OrderTendered', { readonly orderId: OrderId; readonly tender: Tender; readonly balance: Money }>
  | Message<'OrderClosed', { readonly orderId: OrderId; readonly tableId: TableId | null; readonly lineIds: readonly LineId[]; readonly total: Money; readonly tips: Money }>
  | Message<'OrderCancelled', { readonly orderId: OrderId; readonly tableId: TableId | null; readonly lineIds: readonly LineId[]; readonly reason: string; readonly cancelledBy: UserId }>;
