type Batched = {
  readonly stream: string;
  /** Null: it has none. */
  readonly receiptKey: string | null;
  readonly size: number;
};

const MOST_ITEMS = 512;
const MOST_SIZE = 1_000_000;

/** Takes the next batch out of the queue: no stream and no receipt's key twice, the later one waits for the next batch. */
const nextBatch = <Item extends Batched>(queue: readonly Item[]): { readonly batch: readonly Item[]; readonly rest: Item[] } => {
  const streams = new Set<string>();
  const receipts = new Set<string>();
  const batch: Item[] = [];
  const rest: Item[] = [];
  let size = 0;
  for (const item of queue) {
    const full = batch.length === MOST_ITEMS || (batch.length > 0 && size + item.size > MOST_SIZE);
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
  /** When nothing is under way or waiting. */
  readonly idle: () => Promise<void>;
};

/**
 * One batch under way at a time; what arrives meanwhile goes in the next. Nothing waits for a timer: an item alone goes at
 * once, with whatever else this turn of the event loop brings. `send` settles its items itself and never rejects.
 */
export const batches = <Item extends Batched>(send: (batch: readonly Item[]) => Promise<void>): Batches<Item> => {
  let queue: Item[] = [];
  let busy = false;
  let waiting: (() => void)[] = [];

  const flush = async (): Promise<void> => {
    const { batch, rest } = nextBatch(queue);
    queue = rest;
    await send(batch);
    if (queue.length > 0) return schedule();
    busy = false;
    // The callers just answered may append again before this turn ends: only then is it idle.
    setImmediate(() => {
      if (busy) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
  };
  const schedule = (): void => void setImmediate(() => void flush());

  return {
    add: (item) => {
      queue.push(item);
      if (busy) return;
      busy = true;
      schedule();
    },
    idle: () => (busy ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  };
};
