import type { RateLimits } from '../http/ports.ts';
import { memoryBuckets } from '../infra/rate-limits/memory-buckets.ts';
import { rateLimits } from '../infra/rate-limits/rate-limits.ts';
import { redisBuckets } from '../infra/rate-limits/redis-buckets.ts';
import type { System } from './system.ts';

/** Shared by all processes where there is a Redis, else each its own. */
export const openLimits = async ({ config, log, closing }: System): Promise<RateLimits> => {
  const local = memoryBuckets(() => performance.now());
  const { table } = config.rateLimits;
  if (config.redis.url === null) return rateLimits({ table, shared: local, local });
  const shared = redisBuckets(config.redis.url, log);
  closing.add('rate limits', shared.close);
  await shared.tried;
  return rateLimits({ table, shared, local });
};
