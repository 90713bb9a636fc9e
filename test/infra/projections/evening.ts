import fc from 'fast-check';
import { v7 } from 'uuid';
import type { EventStore, Metadata } from '../../../src/commands/ports.ts';
import type { Decider, Message } from '../../../src/domain/decider.ts';
import { balanceOf } from '../../../src/domain/order-bill.ts';
import { orderDecider, type Order, type OrderCommand, type OrderLine } from '../../../src/domain/order.ts';
import { shiftDecider, type Shift, type ShiftCommand } from '../../../src/domain/shift.ts';
import { stockItemDecider, type StockItem, type StockItemCommand } from '../../../src/domain/stock-item.ts';
import { tableDecider, type Table, type TableCommand } from '../../../src/domain/table.ts';
import { canonicalEvents } from '../../support/canonical-events.ts';
import { edamame, hamburgers, usd } from '../../support/order-facts.ts';
import { unlessRefused } from '../../support/spec.ts';

/** What is appended at once: the events of one command. */
export type Happening = {
  readonly stream: string;
  readonly events: readonly Message<string, unknown>[];
  readonly locationId: string;
  readonly occurredAt?: string;
};

type Player = (dice: Dice) => Happening;
/** Numbers from 0 up to but not including 1, from which a player makes one move. */
type Dice = { readonly what: number; readonly which: number; readonly howMuch: number };

const LOCATIONS = ['01939f3a-1000-7000-8000-0000000000a1', '01939f3a-1000-7000-8000-0000000000b1'];
const pick = <T>(items: readonly T[], die: number): T => {
  const item = items[Math.floor(die * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from');
  return item;
};

type Moves<S, C> = (state: S, dice: Dice) => C;
const player = <S, C extends Message<string, unknown>, E extends Message<string, unknown>>(
  stream: string,
  locationId: string,
  { initial, evolve, decide }: Decider<S, C, E>,
  moves: Moves<S, C>,
): Player => {
  let state = initial;
  return (dice) => {
    const events = unlessRefused(() => decide(state, moves(state, dice))) ?? [];
    state = events.reduce(evolve, state);
    return { stream, events, locationId };
  };
};

/** One after another: the next begins where the one before has ended. */
const oneAfterAnother = (begin: () => Player, isEnd: (type: string) => boolean): Player => {
  let current = begin();
  return (dice) => {
    const happening = current(dice);
    if (happening.events.some(({ type }) => isEnd(type))) current = begin();
    return happening;
  };
};

const orderMoves =
  (orderId: string, locationId: string, table: { tableId: string; name: string } | null): Moves<Order, OrderCommand> =>
  (order, { what, which, howMuch }) => {
    if (order.status === 'unknown') {
      const { table: _table, ...header } = canonicalEvents.OrderOpened.data;
      return { type: 'OpenOrder', data: { ...header, orderId, locationId, table } };
    }
    const quantity = 1 + Math.floor(howMuch * 3);
    const lineIds = [...order.lines.keys()];
    const tickets = [...order.tickets.values()];
    const lineId = lineIds.length === 0 ? 'none' : pick(lineIds, which);
    const ticketId = tickets.length === 0 ? `${orderId}.1` : pick(tickets, which).ticketId;
    const line: OrderLine = { ...pick([hamburgers, edamame], which), lineId: v7(), quantity };
    const due = balanceOf(order).amount;
    const amount = usd(howMuch < 0.5 ? due : Math.ceil(due / 2));
    const tender = { ...canonicalEvents.OrderTendered.data.tender, tenderId: v7(), amount };
    const commands: readonly OrderCommand[] = [
      { type: 'AddOrderLines', data: { orderId, lines: [line] } },
      { type: 'AddOrderLines', data: { orderId, lines: [line, { ...line, lineId: v7(), note: 'with “quotes”, a \\ and 🍔' }] } },
      { type: 'ChangeOrderLine', data: { orderId, lineId, quantity, note: null } },
      { type: 'RemoveOrderLine', data: { orderId, lineId } },
      { type: 'SendOrder', data: { orderId } },
      { type: 'SendOrder', data: { orderId } },
      { type: 'StartTicket', data: { orderId, ticketId } },
      { type: 'ReadyTicket', data: { orderId, ticketId } },
      { type: 'BumpTicket', data: { orderId, ticketId } },
      { type: 'RecallTicket', data: { orderId, ticketId } },
      { type: 'VoidOrderLine', data: { orderId, lineId, reason: 'burnt', approvedBy: 'manager' } },
      { type: 'TenderOrder', data: { orderId, tender } },
      { type: 'CloseOrder', data: { orderId } },
      howMuch < 0.2
        ? { type: 'CancelOrder', data: { orderId, reason: 'guests left', cancelledBy: 'manager' } }
        : { type: 'SendOrder', data: { orderId } },
    ];
    return pick(commands, what);
  };

const stockMoves =
  (stockItemId: string, locationId: string): Moves<StockItem, StockItemCommand> =>
  (item, { what, howMuch }) => {
    if (item.status === 'unknown')
      return { type: 'DefineStockItem', data: { ...canonicalEvents.StockItemDefined.data, stockItemId, locationId } };
    const quantity = { amount: 1 + Math.floor(howMuch * 9_000_000), unit: 'mg' } as const;
    const use = { orderId: 'order', lineId: v7(), recipeVersion: 1, quantity: quantity.amount };
    return pick<StockItemCommand>(
      [
        { type: 'ReceiveStock', data: { stockItemId, quantity, cost: null, reference: null } },
        { type: 'ConsumeStock', data: { stockItemId, uses: [use] } },
        { type: 'ConsumeStock', data: { stockItemId, uses: [use, { ...use, lineId: v7() }] } },
        { type: 'WasteStock', data: { stockItemId, quantity, reason: 'burnt', note: null } },
        { type: 'CountStock', data: { stockItemId, counted: quantity } },
      ],
      what,
    );
  };

const tableMoves =
  (tableId: string, locationId: string): Moves<Table, TableCommand> =>
  (table, { what, howMuch }) => {
    if (table.status === 'unknown') return { type: 'DefineTable', data: { ...canonicalEvents.TableDefined.data, tableId, locationId } };
    return what < 0.5
      ? { type: 'SeatTable', data: { tableId, covers: 1 + Math.floor(howMuch * 6) } }
      : { type: 'ReleaseTable', data: { tableId } };
  };

const shiftMoves = (shiftId: string, locationId: string): Moves<Shift, ShiftCommand> => {
  let minutes = 0;
  return (shift, { what }) => {
    minutes++;
    const at = new Date(Date.UTC(2025, 2, 14, 17, minutes)).toISOString();
    if (shift.status === 'unknown') return { type: 'ClockIn', data: { ...canonicalEvents.ShiftClockedIn.data, shiftId, locationId, at } };
    if (what < 0.45) return { type: 'StartBreak', data: { shiftId, at } };
    return what < 0.9 ? { type: 'EndBreak', data: { shiftId, at } } : { type: 'ClockOut', data: { shiftId, at } };
  };
};

const playersAt = (locationId: string): readonly Player[] => {
  const tables = ['9', '10'].map((name) => ({ tableId: v7(), name }));
  const orderAt = (table: (typeof tables)[number] | null): Player => {
    const begin = (): Player => {
      const orderId = v7();
      return player(`Order-${orderId}`, locationId, orderDecider, orderMoves(orderId, locationId, table));
    };
    return oneAfterAnother(begin, (type) => type === 'OrderClosed' || type === 'OrderCancelled');
  };
  const stockItemId = v7();
  const shiftId = v7();
  return [
    ...tables.flatMap((table) => [orderAt(table), orderAt(table)]),
    orderAt(null),
    ...tables.map(({ tableId }) => player(`Table-${tableId}`, locationId, tableDecider, tableMoves(tableId, locationId))),
    player(`StockItem-${stockItemId}`, locationId, stockItemDecider, stockMoves(stockItemId, locationId)),
    player(`Shift-${shiftId}`, locationId, shiftDecider, shiftMoves(shiftId, locationId)),
  ];
};

const FACES = 2 ** 24;
const die = fc.noBias(fc.integer({ min: 0, max: FACES - 1 })).map((face) => face / FACES);
const aMove = fc.record({ who: die, what: die, which: die, howMuch: die });

/** Orders, tables, stock and shifts of two locations, all at once; every event was decided by the domain. */
export const anEvening = (moves: number): fc.Arbitrary<readonly Happening[]> =>
  fc.array(aMove, { minLength: moves, maxLength: moves, size: 'max' }).map((all) => {
    const players = LOCATIONS.flatMap(playersAt);
    return all.map(({ who, ...dice }) => pick(players, who)(dice)).filter(({ events }) => events.length > 0);
  });

/** One of the same evenings each time it is asked for the same seed, but of ids never seen before. */
export const someEvening = (moves: number, seed: number): readonly Happening[] => {
  const [evening] = fc.sample(anEvening(moves), { numRuns: 1, seed });
  if (evening === undefined) throw new Error('There is no evening');
  return evening;
};

export const metadataAt = (locationId: string, more: Partial<Metadata> = {}): Metadata => ({
  commandId: v7(),
  commandType: 'SomeCommand',
  correlationId: v7(),
  causationId: null,
  actor: { userId: 'ana', roles: ['server'], terminalId: 'pos-1' },
  locationId,
  occurredAt: null,
  traceParent: null,
  schemaVersion: 1,
  ...more,
});

type Revisions = Map<string, number>;

const append = async (store: EventStore, revisions: Revisions, { stream, events, locationId, occurredAt }: Happening): Promise<number> => {
  const expected = revisions.get(stream) ?? 0;
  revisions.set(stream, expected + events.length);
  const outcome = await store.append({
    stream,
    expected,
    events,
    metadata: metadataAt(locationId, { occurredAt: occurredAt ?? null }),
    receipt: null,
  });
  if (outcome.kind !== 'appended') throw new Error(`Not appended: ${JSON.stringify(outcome)}`);
  return outcome.position;
};

/** All at once, each stream's in order; answers the last position. */
export const happen = async (store: EventStore, happenings: readonly Happening[]): Promise<number> => {
  const revisions: Revisions = new Map();
  return Math.max(0, ...(await Promise.all(happenings.map((happening) => append(store, revisions, happening)))));
};

/** One after the other; answers the last position. */
export const happenInTurn = async (store: EventStore, happenings: readonly Happening[]): Promise<number> => {
  const revisions: Revisions = new Map();
  let last = 0;
  for (const happening of happenings) last = await append(store, revisions, happening);
  return last;
};
