export type Direction = 'left' | 'right' | 'up' | 'down';
export type KeyAction =
  | { readonly type: 'select'; readonly index: number }
  | { readonly type: 'move'; readonly direction: Direction }
  | { readonly type: 'start' }
  | { readonly type: 'bump' }
  | { readonly type: 'recall' };

export type Key = {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
};

const MOVES: { readonly [key: string]: Direction } = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
const VERBS: { readonly [key: string]: 'start' | 'bump' | 'recall' } = {
  Enter: 'bump',
  ' ': 'bump',
  s: 'start',
  S: 'start',
  r: 'recall',
  R: 'recall',
};

/** What a key asks for, or null. A key held down moves on but never bumps twice; shortcuts of the browser stay its own. */
export const keyAction = ({ key, repeat, ctrlKey, altKey, metaKey }: Key): KeyAction | null => {
  if (ctrlKey || altKey || metaKey) return null;
  const direction = MOVES[key];
  if (direction !== undefined) return { type: 'move', direction };
  if (repeat) return null;
  if (/^[1-9]$/u.test(key)) return { type: 'select', index: Number(key) - 1 };
  const verb = VERBS[key];
  return verb === undefined ? null : { type: verb };
};

/** The ticket an arrow leads to on a board filled row by row; from nowhere, to the first. It stays at the edges. */
export const moved = (tickets: readonly string[], from: string | null, direction: Direction, columns: number): string | null => {
  const at = from === null ? -1 : tickets.indexOf(from);
  if (at < 0) return tickets[0] ?? null;
  const step = { left: -1, right: 1, up: -columns, down: columns }[direction];
  return tickets[at + step] ?? tickets[at] ?? null;
};
