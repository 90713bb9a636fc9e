import type { Command } from '../shared/api.ts';
import type { CommandAnswer } from '../shared/contract.ts';
import { Refused, SignedOut, Unreachable } from '../shared/failures.ts';
import { store, type Store } from '../shared/store.ts';
import type { Action } from './actions.ts';
import { commandOf, head, needOf, refusedWith, type Entry } from './outbox.ts';

/** Where entries outlive the page. Other tabs of this device may write here too. */
export type OutboxStorage = {
  readonly all: () => readonly Entry[];
  readonly put: (entry: Entry) => void;
  readonly remove: (key: string) => void;
};

/** Answered, but perhaps not yet in what was last read. `position` is the log's. */
export type Answered = { readonly entry: Entry; readonly answer: CommandAnswer };

export type OutboxWorld = {
  readonly userId: string;
  readonly storage: OutboxStorage;
  readonly newKey: () => string;
  readonly send: (command: Command) => Promise<CommandAnswer>;
  readonly pause: (attempt: number, retryAfterSeconds: number | null) => Promise<void>;
  /** Runs when no other tab does, so that two never send one device's actions out of order. */
  readonly exclusively: (run: () => Promise<void>) => Promise<void>;
  /** The server's time, ISO 8601. */
  readonly now: () => string;
  readonly offline: () => boolean;
};

export type Outbox = {
  readonly entries: Store<readonly Entry[]>;
  readonly answered: Store<readonly Answered[]>;
  /** What kept the first entry from being sent; null while all goes well. */
  readonly trouble: Store<string | null>;
  /** Answers the entry's key. `needs`: the key of an entry without which this makes no sense. */
  readonly add: (action: Action, needs?: string) => string;
  readonly dismiss: (key: string) => void;
  /** Forgets the answers that the read models show by now. */
  readonly projected: (position: number) => void;
  /** Sends what waits, and reads again what other tabs wrote. */
  readonly wake: () => void;
};

export const outbox = (world: OutboxWorld): Outbox => {
  const { storage } = world;
  const entries = store(storage.all());
  const answered = store<readonly Answered[]>([]);
  const trouble = store<string | null>(null);
  let running = false;

  const reread = (): void => entries.set(storage.all());

  const attempt = async (entry: Entry): Promise<void> => {
    try {
      const answer = await world.send(commandOf(entry));
      answered.update((list) => [...list, { entry, answer }]);
      storage.remove(entry.key);
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure;
      for (const refused of refusedWith(storage.all(), entry.key, failure.message)) storage.put(refused);
    }
    trouble.set(null);
    reread();
  };

  const sendAll = async (): Promise<void> => {
    let failures = 0;
    for (let entry = head(storage.all(), world.userId); entry !== null; entry = head(storage.all(), world.userId)) {
      try {
        await attempt(entry);
        failures = 0;
      } catch (failure) {
        if (!(failure instanceof SignedOut || failure instanceof Unreachable)) throw failure;
        trouble.set(failure.message);
        if (failure instanceof SignedOut) return;
        failures += 1;
        await world.pause(failures, failure.retryAfterSeconds);
      }
    }
  };

  const wake = (): void => {
    reread();
    if (running || head(entries.get(), world.userId) === null) return;
    running = true;
    world
      .exclusively(sendAll)
      .catch((failure: unknown) => trouble.set(failure instanceof Error ? failure.message : String(failure)))
      .finally(() => {
        running = false;
        if (trouble.get() === null) wake();
      });
  };
  wake();

  return {
    entries,
    answered,
    trouble,
    add: (action, needs) => {
      const late = world.offline() || trouble.get() !== null;
      const entry: Entry = {
        key: world.newKey(),
        userId: world.userId,
        occurredAt: late ? world.now() : null,
        needs: needs ?? needOf(entries.get(), action),
        action,
        refusal: null,
      };
      storage.put(entry);
      wake();
      return entry.key;
    },
    dismiss: (key) => {
      storage.remove(key);
      reread();
    },
    projected: (position) => {
      if (answered.get().some(({ answer }) => answer.position <= position))
        answered.update((list) => list.filter(({ answer }) => answer.position > position));
    },
    wake,
  };
};
