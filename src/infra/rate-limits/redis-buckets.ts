import { Redis } from 'ioredis';
import { DependencyDown } from '../../commands/ports.ts';
import type { Log } from '../postgres/log.ts';
import { tightest, type Buckets } from './buckets.ts';

export type RedisBuckets = Buckets & {
  /** When the first connection stands or has failed; nothing is granted before. */
  readonly tried: Promise<void>;
  readonly close: () => Promise<void>;
};

/** All buckets of one ask, by Redis' clock: KEYS are buckets, ARGV their burst and tokens a second by turns. */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lefts, granted = {}, 1
for i, key in ipairs(KEYS) do
  local burst, rate = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local kept = redis.call('HMGET', key, 'left', 'at')
  lefts[i] = burst
  if kept[1] then lefts[i] = math.min(burst, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) / 1000 * rate) end
  if lefts[i] < 1 then granted = 0 end
end
local answer = { granted }
for i, key in ipairs(KEYS) do
  lefts[i] = lefts[i] - granted
  redis.call('HSET', key, 'left', tostring(lefts[i]), 'at', now)
  redis.call('PEXPIRE', key, math.ceil((ARGV[2 * i - 1] - lefts[i]) / ARGV[2 * i] * 1000) + 1000)
  answer[i + 1] = tostring(lefts[i])
end
return answer
`;

const ANSWER_MS = 1000;
const LONGEST_PAUSE_MS = 1000;

type Taking = Redis & {
  readonly takeTokens: (keys: number, ...args: readonly (string | number)[]) => Promise<readonly [number, ...string[]]>;
};

/** Buckets that several processes share. Where Redis does not answer nothing is granted: `take` throws `DependencyDown`. */
export const redisBuckets = (url: string, log: Log): RedisBuckets => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_MS,
    retryStrategy: (tries) => Math.min(tries * 50, LONGEST_PAUSE_MS),
    scripts: { takeTokens: { lua: TAKE } },
  }) as Taking;
  redis.on('error', (error) => log.warn({ err: error }, 'Redis, which keeps the rate limits, is out of reach'));
  const tried = new Promise<void>((resolve) => void redis.once('ready', resolve).once('error', () => resolve()));
  return {
    tried,
    take: async (asks) => {
      const keys = asks.map(({ rule, subject }) => `brigade:rate:${rule.name}:${subject}`);
      const amounts = asks.flatMap(({ rule }) => [rule.burst, rule.perSecond]);
      const [granted, ...lefts] = await redis.takeTokens(keys.length, ...keys, ...amounts).catch((error: unknown) => {
        throw new DependencyDown('rate limits', error);
      });
      return tightest(asks, lefts.map(Number), granted === 1);
    },
    close: async () => {
      if (redis.status === 'ready') await redis.quit();
      else redis.disconnect();
    },
  };
};
