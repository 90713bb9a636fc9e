// One of the processes that write and follow: `fork('writers-child.ts')`, told what to do by messages.
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import { together } from '../infra/event-store/appends.ts';
import { log } from '../infra/projections/read-models.ts';
import { diceOf } from './trial.ts';
import { emptyTally, follow, write, type Read, type Tally } from './writing.ts';

/** `seed`: of the first writer's dice. */
export type Orders =
  | {
      readonly kind: 'write';
      readonly url: string;
      readonly seed: number;
      readonly writers: number;
      readonly followers: number;
      readonly streams: number;
      readonly events: number;
    }
  | { readonly kind: 'end'; readonly position: number };
export type Told =
  | { readonly kind: 'progress'; readonly written: number }
  | { readonly kind: 'wrote'; readonly tally: Tally }
  | { readonly kind: 'read'; readonly reads: readonly Read[] };

const TELL_EVERY_MS = 1_000;

const tell = (told: Told): void => void process.send?.(told);
const ending = Promise.withResolvers<number>();

const work = async ({ url, seed, writers, followers, streams: count, events }: Extract<Orders, { kind: 'write' }>): Promise<void> => {
  const pool = openPool(url, { name: 'chaos', max: 10, log });
  const store = postgresEventStore({ pool, url, log });
  const streams = Array.from({ length: count }, (_, nth) => `Order-${nth}`);
  const tally = emptyTally();
  const progress = setInterval(() => tell({ kind: 'progress', written: tally.written }), TELL_EVERY_MS);
  const following = together(followers, (nth) => follow(store, 100 + 150 * nth, ending.promise));
  await together(writers, (nth) => write(store, diceOf(seed + nth), streams, () => tally.written >= events, tally));
  clearInterval(progress);
  tell({ kind: 'wrote', tally });
  tell({ kind: 'read', reads: await following });
  await store.close();
  await pool.end();
};

process.on('message', (orders: Orders) => {
  if (orders.kind === 'end') ending.resolve(orders.position);
  else void work(orders).then(() => process.disconnect());
});
