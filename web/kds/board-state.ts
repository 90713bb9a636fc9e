import type { KitchenTicket } from '../../src/projections/kitchen-board.ts';
import { impossible } from '../shared/impossible.ts';
import { left, noRows, type TopicRows } from '../shared/topic-rows.ts';
import { arranged, shifted } from './arrangement.ts';
import { remembered, type Bumped } from './bumped.ts';
import { moved, type Direction } from './keys.ts';

export type Verb = 'start' | 'bump' | 'recall';

/** What a cook asked for and the board does not show yet. `position`: the server said yes, and the board shows it from there on. */
export type Pending =
  | { readonly state: 'sending'; readonly verb: Verb; readonly position: number | null }
  | { readonly state: 'refused'; readonly verb: Verb; readonly detail: string };

export type Board = {
  readonly topic: TopicRows<KitchenTicket>;
  readonly order: readonly string[];
  /** When a ticket last came to stand elsewhere, in milliseconds. */
  readonly movedAt: ReadonlyMap<string, number>;
  readonly bumped: readonly Bumped[];
  readonly pending: ReadonlyMap<string, Pending>;
  readonly selected: string | null;
};

export type BoardInput =
  | { readonly type: 'rows'; readonly topic: TopicRows<KitchenTicket>; readonly at: number }
  | { readonly type: 'projected'; readonly position: number }
  | { readonly type: 'select'; readonly ticketId: string | null }
  | { readonly type: 'move'; readonly direction: Direction; readonly columns: number }
  | { readonly type: 'asked'; readonly ticketId: string; readonly verb: Verb }
  | { readonly type: 'accepted'; readonly ticketId: string; readonly verb: Verb; readonly position: number }
  | { readonly type: 'refused'; readonly ticketId: string; readonly verb: Verb; readonly detail: string }
  | { readonly type: 'dismissed'; readonly ticketId: string };

export const emptyBoard = (bumped: readonly Bumped[]): Board => ({
  topic: noRows(),
  order: [],
  movedAt: new Map(),
  bumped,
  pending: new Map(),
  selected: null,
});

export const board = (state: Board, input: BoardInput): Board => {
  switch (input.type) {
    case 'rows':
      return withRows(state, input.topic, input.at);
    case 'projected':
      return state.pending.size === 0 ? state : { ...state, pending: unshown(state.pending, input.position) };
    case 'select':
      return { ...state, selected: input.ticketId };
    case 'move':
      return { ...state, selected: moved(state.order, state.selected, input.direction, input.columns) };
    case 'asked':
      return withPending(state, input.ticketId, { state: 'sending', verb: input.verb, position: null });
    case 'accepted':
      return unlessShown(withAnswer(state, input.ticketId, { state: 'sending', verb: input.verb, position: input.position }));
    case 'refused':
      return withAnswer(state, input.ticketId, { state: 'refused', verb: input.verb, detail: input.detail });
    case 'dismissed':
      return { ...state, pending: new Map([...state.pending].filter(([ticketId]) => ticketId !== input.ticketId)) };
    default:
      return impossible(input);
  }
};

const withRows = (state: Board, topic: TopicRows<KitchenTicket>, at: number): Board => {
  const order = arranged(state.order, topic.rows);
  const moves = shifted(state.order, order).map((ticketId) => [ticketId, at] as const);
  return {
    topic,
    order,
    movedAt: new Map([...[...state.movedAt].filter(([ticketId]) => topic.rows.has(ticketId)), ...moves]),
    bumped: remembered(state.bumped, left(state.topic, topic), topic.rows, at),
    pending: unshown(state.pending, topic.position ?? 0),
    selected: stillSelected(state, order),
  };
};

/** When the selected ticket leaves, its place stays selected. */
const stillSelected = ({ order: before, selected }: Board, order: readonly string[]): string | null => {
  if (selected === null || order.includes(selected)) return selected;
  return order[Math.min(before.indexOf(selected), order.length - 1)] ?? null;
};

const withPending = (state: Board, ticketId: string, pending: Pending): Board => ({
  ...state,
  pending: new Map(state.pending).set(ticketId, pending),
});

/** The answer to what was asked before the present wish says nothing about that wish. */
const withAnswer = (state: Board, ticketId: string, answer: Pending): Board =>
  state.pending.get(ticketId)?.verb === answer.verb ? withPending(state, ticketId, answer) : state;

const unlessShown = (state: Board): Board => ({ ...state, pending: unshown(state.pending, state.topic.position ?? 0) });

const unshown = (pending: Board['pending'], position: number): Board['pending'] =>
  new Map([...pending].filter(([, asked]) => !isShown(asked, position)));

const isShown = (asked: Pending, position: number): boolean =>
  asked.state === 'sending' && asked.position !== null && asked.position <= position;

const SETTLING_MS = 450;

/** A tap aimed at one ticket must not fall on the next, which has just moved into its place. */
export const settling = (state: Board, ticketId: string, at: number): boolean =>
  at - (state.movedAt.get(ticketId) ?? -Infinity) < SETTLING_MS;

/** Whether a cook may ask for this now: nothing that is not there, and nothing twice at once, but a start may be followed by a bump. */
export const mayAsk = (state: Board, ticketId: string, verb: Verb): boolean => {
  const pending = state.pending.get(ticketId);
  if (pending?.state === 'sending' && !(pending.verb === 'start' && verb === 'bump')) return false;
  const ticket = state.topic.rows.get(ticketId);
  if (verb === 'recall') return ticket === undefined;
  return ticket !== undefined && (verb === 'bump' || (ticket.status === 'fired' && !ticket.cancelled));
};
