import { once } from 'node:events';
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { openPool } from '../../src/infra/postgres/connect.ts';
import type { Log } from '../../src/infra/postgres/log.ts';
import { startProjector } from '../../src/infra/projections/projector.ts';
import { projections } from '../../src/projections/all.ts';
import { log } from './server.ts';

/** A projector alone in a process: brings the read models to the log's end, then builds one of them anew where it is told to. */
export type ProjectorTask = { readonly ownerUrl: string; readonly alone: string | null };
export type Page = { readonly events: number; readonly atMs: number };
export type ProjectorSays =
  | { readonly kind: 'memory'; readonly megabytes: number }
  /** `pages`: those that read models in use took in. */
  | { readonly kind: 'at-end'; readonly ms: number; readonly pages: readonly Page[] }
  | { readonly kind: 'built-alone'; readonly ms: number };

const SAMPLE_EVERY_MS = 200;

const say = (what: ProjectorSays): void => void process.send?.(what);

const fail = (what: string): never => {
  console.error(what);
  return process.exit(1);
};

const work = async ({ ownerUrl, alone }: ProjectorTask): Promise<void> => {
  const pool = openPool(ownerUrl, { name: 'bench', max: 4, log });
  const store = postgresEventStore({ pool, url: ownerUrl });
  const atEnd = Promise.withResolvers<void>();
  const builtAlone = Promise.withResolvers<void>();
  const told: Log = {
    info: (fields: unknown) => {
      if (typeof fields === 'object' && fields !== null && 'readModels' in fields) builtAlone.resolve();
    },
    warn: (fields: object, message?: string) => log.warn(fields, message),
    error: (fields: object, message?: string) => log.error(fields, message),
  };
  const pages: Page[] = [];
  const sampling = setInterval(() => say({ kind: 'memory', megabytes: Math.round(process.memoryUsage.rss() / 2 ** 20) }), SAMPLE_EVERY_MS);
  const started = performance.now();
  const projector = startProjector({
    ownerUrl,
    store,
    projections,
    log: told,
    metrics: {
      folded: (events) => pages.push({ events, atMs: performance.now() }),
      lag: (_, events) => {
        if (events === 0) atEnd.resolve();
      },
      parked: (projection) => fail(`${projection} parked a stream`),
      gap: () => fail('The log has a gap'),
    },
  });
  await atEnd.promise;
  say({ kind: 'at-end', ms: performance.now() - started, pages });
  if (alone !== null) {
    const begun = performance.now();
    await projector.rebuild(alone);
    await builtAlone.promise;
    say({ kind: 'built-alone', ms: performance.now() - begun });
  }
  clearInterval(sampling);
  await projector.stop();
  await store.close();
  await pool.end();
};

const [task] = (await once(process, 'message')) as [ProjectorTask];
await work(task);
process.disconnect();
