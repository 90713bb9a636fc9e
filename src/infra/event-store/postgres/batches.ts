type Batched = {
  readonly stream: string;
  /** Null: it has none. */
  readonly receiptKey: string | null;
  readonly size: number;
};

const MOST_ITEMS = 512;
const MOST_SIZE = 1_000_000;
/** So many are worth two batches: while the server writes the one, the other is made, or its answers are given. */
const WORTH_TWO = 16;

/** Takes the next batch out of the queue: no stream and no receipt's key that is in it or under way, the later one waits. */
const nextBatch = <Item extends Batched>(
  queue: readonly Item[],
  underWay: readonly Item[],
  most: number,
): { readonly batch: readonly Item[]; readonly rest: Item[] } => {
  const streams = new Set(underWay.map(({ stream }) => stream));
  const receipts = new Set(underWay.map(({ receiptKey }) => receiptKey));
  receipts.delete(null);
  const batch: Item[] = [];
  const rest: Item[] = [];
  let size = 0;
  for (const item of queue) {
    const full = batch.length === most || (batch.length > 0 && size + item.size > MOST_SIZE);
    if (full || streams.has(item.stream) || (item.receiptKey !== null && receipts.has(item.receiptKey))) {
      rest.push(item);
    } else {
      batch.push(item);
      size += item.size;
    }
    streams.add(item.stream);
    if (item.receiptKey !== null) receipts.add(item.receiptKey);
  }
  return { batch, rest };
};

export type Batches<Item> = {
  readonly add: (item: Item) => void;
  readonly isIdle: () => boolean;
  /** When nothing is under way or waiting. */
  readonly idle: () => Promise<void>;
};

/**
 * One batch under way at a time, or two halves of what there is where `mayOverlap` says so; what arrives meanwhile goes in the
 * next. Nothing waits for a timer: an item alone goes at once, with whatever else this turn of the event loop brings. `send`
 * settles its items itself and never rejects.
 */
export const batches = <Item extends Batched>(
  send: (batch: readonly Item[]) => Promise<void>,
  mayOverlap: () => boolean = () => false,
): Batches<Item> => {
  let queue: Item[] = [];
  let underWay: readonly (readonly Item[])[] = [];
  let scheduled = false;
  let waiting: (() => void)[] = [];

  const isIdle = (): boolean => queue.length === 0 && underWay.length === 0;

  /** How many may go now; 0: those under way are waited for. */
  const most = (): number => {
    const sent = underWay.reduce((count, { length }) => count + length, 0);
    const half = Math.ceil((queue.length + sent) / 2);
    if (underWay.length === 0) return Math.min(MOST_ITEMS, half * 2 < WORTH_TWO || !mayOverlap() ? queue.length : half);
    return underWay.length === 1 && mayOverlap() && queue.length * 2 >= sent ? Math.min(MOST_ITEMS, half) : 0;
  };

  const sendOne = async (batch: readonly Item[]): Promise<void> => {
    underWay = [...underWay, batch];
    await send(batch);
    underWay = underWay.filter((other) => other !== batch);
    schedule();
    // The callers just answered may append again before this turn ends: only then is it idle.
    setImmediate(() => {
      if (!isIdle()) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
  };

  const flush = (): void => {
    scheduled = false;
    for (let count = most(); count > 0; count = most()) {
      const { batch, rest } = nextBatch(queue, underWay.flat(), count);
      if (batch.length === 0) return;
      queue = rest;
      void sendOne(batch);
    }
  };
  const schedule = (): void => {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    setImmediate(flush);
  };

  return {
    add: (item) => {
      queue.push(item);
      schedule();
    },
    isIdle,
    idle: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
};
