import type { JobFilter, Jobs, JobState, JobView } from '../../http/ports.ts';
import type { JobQueueName } from '../../commands/policies/job.ts';
import { idOf, revive } from './dead-letters.ts';
import type { KeptJob } from './queue.ts';
import type { QueuePair, Queues } from './queues.ts';
import type { JobSettings } from './relay.ts';

const STATES: readonly Exclude<JobState, 'failed'>[] = ['active', 'waiting', 'delayed', 'dead', 'completed'];
const CHUNK = 100;

/** One queue's jobs in one state. */
type Shelf = { readonly queue: JobQueueName; readonly pair: QueuePair; readonly state: JobState };

/** What people may see of the job queues, and do to them. */
export const jobBoard = (queues: Queues, settings: JobSettings): Jobs => ({
  queues: [...queues.keys()],
  counts: () => Promise.all([...queues].map(async ([queue, pair]) => ({ queue, counts: await countsOf(pair) }))),
  list: (filter, limit, after) => listFrom(shelvesFor(queues, filter), filter.locationIds, limit, cursorFrom(after)),
  retry: async (jobId, locationIds) => {
    for (const pair of queues.values()) {
      const job = (await pair.live.find(jobId)) ?? (await pair.dead.find(jobId));
      if (job !== null && maySee(job, locationIds)) return revive(pair, jobId, settings);
    }
    return 'unknown';
  },
});

const countsOf = async ({ live, dead }: QueuePair): Promise<{ readonly [State in JobState]: number }> => ({
  ...(await live.counts()),
  dead: (await dead.counts()).waiting,
});

const shelvesFor = (queues: Queues, filter: JobFilter): readonly Shelf[] =>
  [...queues]
    .filter(([queue]) => filter.queue === null || queue === filter.queue)
    .flatMap(([queue, pair]) => (filter.state === null ? STATES : [filter.state]).map((state) => ({ queue, pair, state })));

/** A cursor is `<shelf>.<jobs seen on it>`. */
type Cursor = { readonly shelf: number; readonly seen: number };
const cursorFrom = (text: string | null): Cursor => {
  const [shelf = 0, seen = 0] = (text ?? '0.0').split('.').map(Number);
  return { shelf, seen };
};

const listFrom = async (
  shelves: readonly Shelf[],
  locationIds: readonly string[] | null,
  limit: number,
  { shelf, seen }: Cursor,
): Promise<{ readonly items: readonly JobView[]; readonly next: string | null }> => {
  const items: JobView[] = [];
  let at = shelf;
  let offset = seen;
  for (let present = shelves[at]; present !== undefined; present = shelves[at]) {
    const jobs = await jobsOn(present, offset);
    for (const job of jobs) {
      if (items.length === limit) return { items, next: `${at}.${offset}` };
      offset += 1;
      if (maySee(job, locationIds)) items.push(viewOf(present, job));
    }
    if (jobs.length === CHUNK) continue;
    at += 1;
    offset = 0;
  }
  return { items, next: null };
};

const jobsOn = ({ pair: { live, dead }, state }: Shelf, offset: number): Promise<readonly KeptJob[]> =>
  state === 'dead' ? dead.list('waiting', offset, CHUNK) : live.list(state, offset, CHUNK);

const maySee = ({ data }: KeptJob, locationIds: readonly string[] | null): boolean =>
  locationIds === null || (data.cause.locationId !== null && locationIds.includes(data.cause.locationId));

const viewOf = ({ queue, state }: Shelf, job: KeptJob): JobView => {
  const { data, cause, death } = job.data;
  const finished = death?.at ?? (job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString());
  return {
    jobId: idOf(job),
    queue,
    name: job.name,
    state,
    attempts: death?.attempts ?? job.attemptsMade,
    maxAttempts: job.opts.attempts ?? death?.attempts ?? 1,
    failure: death?.reason ?? job.failedReason ?? null,
    createdAt: new Date(job.timestamp).toISOString(),
    finishedAt: finished,
    locationId: cause.locationId,
    eventId: cause.eventId,
    correlationId: cause.correlationId,
    data,
  };
};
