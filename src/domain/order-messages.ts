import type { Message } from './decider.ts';
import type {
  CategoryId,
  LineId,
  LocationId,
  MenuItemId,
  OrderId,
  StationId,
  StockItemId,
  TableId,
  TenderId,
  TicketId,
  UserId,
} from './ids.ts';
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

/** What may still be changed on a line before it is fired. */
export type LineWishes = Pick<OrderLine, 'quantity' | 'seat' | 'course' | 'note'>;

/** An order's line as the kitchen reads it. */
export type TicketLine = LineWishes & Pick<OrderLine, 'lineId' | 'menuItemId' | 'name'>;

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
  /** Whose name that is; absent in events of before it was asked. */
  readonly serverId?: UserId;
  /** The number people call the order by. */
  readonly reference: string;
};

/** Consumption caused by one line: what left the store-room for all its portions. */
export type LineUse = { readonly lineId: LineId; readonly recipeVersion: number; readonly ingredients: readonly Ingredient[] };

export type Tender = {
  readonly tenderId: TenderId;
  readonly kind: TenderKind;
  /** Towards the order; the tip comes on top. */
  readonly amount: Money;
  readonly tip: Money;
  readonly reference: string | null;
  readonly lastFour: string | null;
};

export type FiredLineStatus = 'fired' | 'started' | 'ready' | 'served';

type OfOrder = { readonly orderId: OrderId };
type OfLine = OfOrder & { readonly lineId: LineId };
type OfTicket = OfOrder & { readonly ticketId: TicketId };
type AtStation = OfTicket & { readonly locationId: LocationId; readonly stationId: StationId };
type Opening = OfOrder & OrderHeader & { readonly currency: string };

export type OrderCommand =
  | Message<'OpenOrder', Opening>
  | Message<'AddOrderLines', OfOrder & { readonly lines: readonly OrderLine[] }>
  | Message<'ChangeOrderLine', OfLine & Partial<LineWishes>>
  | Message<'RemoveOrderLine', OfLine>
  | Message<'SendOrder', OfOrder>
  | Message<'StartTicket', OfTicket>
  | Message<'ReadyTicket', OfTicket>
  | Message<'BumpTicket', OfTicket>
  | Message<'RecallTicket', OfTicket>
  | Message<'VoidOrderLine', OfLine & { readonly reason: string; readonly approvedBy: UserId }>
  | Message<'TenderOrder', OfOrder & { readonly tender: Tender }>
  | Message<'CloseOrder', OfOrder>
  | Message<'CancelOrder', OfOrder & { readonly reason: string; readonly cancelledBy: UserId }>;

/** Lines of a ticket, in its events, are those not voided by then. */
export type OrderEvent =
  | Message<'OrderOpened', Opening>
  | Message<'OrderLinesAdded', OfOrder & { readonly lines: readonly OrderLine[] }>
  | Message<'OrderLineChanged', OfLine & LineWishes>
  | Message<'OrderLineRemoved', OfLine>
  | Message<'OrderLinesFired', OfOrder & { readonly header: OrderHeader; readonly tickets: readonly Ticket[] }>
  | Message<'OrderTicketStarted', OfTicket & { readonly uses: readonly LineUse[] }>
  | Message<'OrderTicketReady', OfTicket & { readonly lineIds: readonly LineId[] }>
  | Message<'OrderTicketBumped', AtStation & { readonly lines: readonly TicketLine[] }>
  | Message<'OrderTicketRecalled', AtStation & { readonly lines: readonly TicketLine[] }>
  | Message<'OrderLineVoided', AtStation & LineVoid>
  | Message<'OrderTendered', OfOrder & { readonly tender: Tender; readonly balance: Money }>
  | Message<'OrderClosed', OfOrder & Ending & { readonly total: Money; readonly tips: Money }>
  | Message<'OrderCancelled', OfOrder & Ending & { readonly reason: string; readonly cancelledBy: UserId }>;

type LineVoid = {
  readonly line: TicketLine;
  readonly was: FiredLineStatus;
  /** What the guest no longer owes. */
  readonly value: Money;
  readonly reason: string;
  readonly approvedBy: UserId;
};

/** `lineIds`: closed, the lines sold; cancelled, those that were neither removed nor voided before. */
type Ending = { readonly tableId: TableId | null; readonly lineIds: readonly LineId[] };
