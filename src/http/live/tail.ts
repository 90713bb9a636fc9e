import type { Log } from '../ports.ts';
import type { FeedPage, LiveFeed, News, RowChange } from './ports.ts';
import { nothingSince, withEarlier, withLater, type Recent } from './recent.ts';

export type TailLimits = { readonly recentChanges: number; readonly pageChanges: number };

type Needs = {
  readonly feed: LiveFeed;
  readonly log: Log;
  readonly limits: TailLimits;
  /** Nothing is read while nobody wants it. */
  readonly wanted: () => boolean;
  readonly onChanges: (changes: readonly RowChange[], position: number) => void;
  /** The feed has forgotten what came next: everyone has to begin anew. */
  readonly onGone: () => void;
};

/** Reads the feed's end once for all, and keeps what is recent. */
export type Tail = {
  /** What is held now; null while asleep. */
  readonly recent: () => Recent | null;
  /** How often the feed was gone: what was read in an earlier era may be of read models replaced since. */
  readonly era: () => number;
  /** There may be something new. */
  readonly look: () => void;
  /** As `look`; nothing is read where the news go on from what is held. */
  readonly told: (news: News) => void;
  /** Begins to read. Where all changes after the position can be had, calls back while `recent` holds them. */
  readonly start: (after: number | null, reached: () => void) => Promise<void>;
  readonly sleep: () => void;
};

export const feedTail = ({ feed, log, limits, wanted, onChanges, onGone }: Needs): Tail => {
  const held: { recent: Recent | null } = { recent: null };
  let era = 0;
  let newsWaiting = false;
  let turn: Promise<void> = Promise.resolve();

  /** Whatever moves what is held over an await happens one after the other. */
  const inTurn = (run: () => Promise<void>): Promise<void> => {
    const mine = turn.then(run);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const warn = (cause: unknown): void => log.warn({ err: cause }, 'live changes cannot be read, trying again');

  const look = (): void => {
    if (newsWaiting || !wanted()) return;
    newsWaiting = true;
    const read = async (): Promise<void> => {
      newsWaiting = false;
      await advance();
    };
    inTurn(read).catch(warn);
  };

  const told: Tail['told'] = ({ after, position, changes }) => {
    if (!wanted()) return;
    const take = async (): Promise<void> => {
      const to = held.recent?.to ?? Infinity;
      if (position <= to) return;
      if (after > to) await advance();
      else keep({ kind: 'page', changes: changes.filter((change) => change.position > to), position, more: false });
    };
    inTurn(take).catch(warn);
  };

  const start: Tail['start'] = async (after, reached) => {
    if (after === null && held.recent !== null) return;
    await inTurn(async () => {
      if (held.recent === null) await hold();
      if (after !== null && (await reachesBack(after))) reached();
    });
  };

  const hold = async (): Promise<void> => {
    const position = await feed.position();
    held.recent = wanted() ? nothingSince(position) : null;
  };

  const advance = async (): Promise<void> => {
    for (let more = true; more && held.recent !== null;) {
      const page = await feed.changesAfter(held.recent.to, limits.pageChanges);
      if (page.kind === 'gone') return startOver();
      keep(page);
      more = page.more;
    }
  };

  const keep = ({ changes, position }: FeedPage & { readonly kind: 'page' }): void => {
    if (held.recent === null) return;
    held.recent = withLater(held.recent, changes, position, limits.recentChanges);
    if (changes.length > 0) onChanges(changes, position);
  };

  const startOver = async (): Promise<void> => {
    await hold();
    era += 1;
    log.info({ position: held.recent?.to }, 'the feed of changes does not reach back, beginning anew with snapshots');
    onGone();
  };

  const reachesBack = async (after: number): Promise<boolean> => {
    if (held.recent !== null && after > held.recent.to) await advance();
    const earlier: RowChange[] = [];
    for (let position = after, more = true; more && held.recent !== null && position < held.recent.from;) {
      const page: FeedPage = await feed.changesAfter(position, limits.pageChanges);
      if (page.kind === 'gone') return false;
      earlier.push(...page.changes);
      if (earlier.length > limits.recentChanges) return false;
      ({ position, more } = page);
    }
    if (held.recent === null || after > held.recent.to) return false;
    if (after < held.recent.from) held.recent = withEarlier(held.recent, earlier, after);
    return true;
  };

  const sleep = (): void => {
    held.recent = null;
  };
  return { recent: () => held.recent, era: () => era, look, told, start, sleep };
};
