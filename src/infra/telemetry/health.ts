import type { DependencyHealth, Health, HealthReport, ProjectionHealth } from '../../http/ports.ts';

export type HealthNeeds = {
  /** Each resolves where the thing answers and rejects where it does not. */
  readonly database: () => Promise<unknown>;
  /** The log's last position. */
  readonly eventLog: () => Promise<number>;
  /** Null where no Redis is configured. */
  readonly redis: (() => Promise<unknown>) | null;
  /** Without it nothing can be written or read that is about people. */
  readonly keyStore: () => Promise<unknown>;
  readonly projections: () => Promise<readonly ProjectionHealth[]>;
  /** True from the moment the program was told to stop. */
  readonly draining: () => boolean;
  /** Longer than this is down. */
  readonly timeoutMs?: number;
};

type Probed<T> = { readonly health: DependencyHealth; readonly value: T | null };

const TIMEOUT_MS = 2_000;

/** Database and log are needed to serve at all; without Redis or the key store, or with streams put aside, service goes on, degraded. */
export const healthOf = (needs: HealthNeeds): Health => {
  const timeoutMs = needs.timeoutMs ?? TIMEOUT_MS;

  const report = async (): Promise<HealthReport> => {
    const { redis } = needs;
    const [database, log, cache, keys, projected] = await Promise.all([
      probe('database', needs.database, timeoutMs),
      probe('event log', needs.eventLog, timeoutMs),
      redis === null ? null : probe('redis', redis, timeoutMs),
      probe('key store', needs.keyStore, timeoutMs),
      probe('read models', needs.projections, timeoutMs),
    ]);
    const dependencies = [database.health, log.health, ...(cache === null ? [] : [cache.health]), keys.health, projected.health];
    const projections = projected.value ?? [];
    return { status: statusOf(dependencies, projections), logPosition: log.value ?? 0, dependencies, projections };
  };

  const ready = async (): Promise<boolean> => {
    if (needs.draining()) return false;
    const probes = await Promise.all([probe('database', needs.database, timeoutMs), probe('event log', needs.eventLog, timeoutMs)]);
    return probes.every(({ health }) => health.status === 'up');
  };

  return { ready: shared(ready), report: shared(report) };
};

const NEEDED = ['database', 'event log'];

const statusOf = (dependencies: readonly DependencyHealth[], projections: readonly ProjectionHealth[]): HealthReport['status'] => {
  const down = dependencies.filter(({ status }) => status === 'down');
  if (down.some(({ name }) => NEEDED.includes(name))) return 'down';
  return down.length > 0 || projections.some(({ parkedStreams }) => parkedStreams > 0) ? 'degraded' : 'up';
};

const probe = async <T>(name: string, ask: () => Promise<T>, timeoutMs: number): Promise<Probed<T>> => {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    const value = await Promise.race([ask(), late]);
    const latencyMs = Math.round((performance.now() - started) * 10) / 10;
    return { health: { name, status: 'up', detail: null, latencyMs }, value };
  } catch (error) {
    return {
      health: { name, status: 'down', detail: error instanceof Error ? error.message : String(error), latencyMs: null },
      value: null,
    };
  } finally {
    clearTimeout(timer);
  }
};

/** Who asks while an answer is under way gets that answer: probes that nobody needs a token for cannot be made to pile up. */
const shared = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let underWay: Promise<T> | null = null;
  return () =>
    (underWay ??= ask().finally(() => {
      underWay = null;
    }));
};
