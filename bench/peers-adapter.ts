import { randomUUID } from 'node:crypto';
import { START, type EventStore } from '../src/commands/ports.ts';
import type { Message } from '../src/domain/decider.ts';
import { postgresEventStore } from '../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../src/infra/postgres/connect.ts';
import { migrate } from '../src/infra/postgres/migrate.ts';
import { metadata } from './support/line-added.ts';
import { log } from './support/server.ts';

type Event = Message<string, unknown>;
type Options = { readonly url: string; readonly poolSize: number };
/** Versions count a stream's events; 0 is a stream that is not there yet. */
type Adapter = {
  readonly name: string;
  readonly idOf: (nth: number | string) => string;
  readonly append: (id: string, event: Event, version: number) => Promise<void>;
  readonly appendMany: (id: string, events: readonly Event[]) => Promise<void>;
  readonly read: (id: string) => Promise<number>;
  readonly command: (id: string, event: Event) => Promise<void>;
  readonly subscribe: (onEventData: (data: unknown) => void) => Promise<void>;
  readonly close: () => Promise<void>;
};
type Folded = { readonly version: number; readonly events: number };

const MOST_HELD = 20_000;
const PAGE = 1000;

const evolve = ({ version, events }: Folded): Folded => ({ version: version + 1, events: events + 1 });

/** Load what is held or else the stream, fold, decide, append; after a lost race once more from the stream. */
const commandsOn = (store: EventStore, append: (id: string, events: readonly Event[], version: number) => Promise<boolean>) => {
  const held = new Map<string, Folded>();
  const folded = async (id: string): Promise<Folded> => (await store.readStream(id)).reduce<Folded>(evolve, { version: 0, events: 0 });
  return async (id: string, event: Event): Promise<void> => {
    for (let state = held.get(id) ?? (await folded(id)); ; state = await folded(id)) {
      if (!(await append(id, [event], state.version))) continue;
      held.delete(id);
      held.set(id, evolve(state));
      const [oldest] = held.size > MOST_HELD ? held.keys() : [];
      if (oldest !== undefined) held.delete(oldest);
      return;
    }
  };
};

/** Our event store for a harness that compares event stores: given the address of an empty database, it makes its tables there. */
export default async ({ url, poolSize }: Options): Promise<Adapter> => {
  await migrate(url);
  const pool = openPool(url, { name: 'bench', max: Math.max(2, poolSize), log });
  const store = postgresEventStore({ pool, url });
  const following = new AbortController();
  const append = async (stream: string, events: readonly Event[], expected: number): Promise<boolean> => {
    const ofCommand = { ...metadata, commandId: randomUUID() };
    return (await store.append({ stream, expected, events, metadata: ofCommand, receipt: null })).kind === 'appended';
  };
  const orConflict = async (id: string, events: readonly Event[], version: number): Promise<void> => {
    if (!(await append(id, events, version))) throw new Error(`${id} is not at ${version}`);
  };
  const follow = async (onEventData: (data: unknown) => void): Promise<void> => {
    for await (const { events } of store.follow(START, { limit: PAGE, signal: following.signal })) {
      for (const { data } of events) onEventData(data);
    }
  };
  return {
    name: 'brigade',
    idOf: (nth) => `Order-${nth}`,
    append: (id, event, version) => orConflict(id, [event], version),
    appendMany: (id, events) => orConflict(id, events, 0),
    read: async (id) => (await store.readStream(id)).length,
    command: commandsOn(store, append),
    subscribe: (onEventData) => {
      void follow(onEventData).catch((error: unknown) => log.error({ err: error }, 'The log cannot be followed'));
      return Promise.resolve();
    },
    close: async () => {
      following.abort();
      await store.close();
      await pool.end();
    },
  };
};
