import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { JobState } from '../../../src/http/ports.ts';
import { Rejection } from '../../../src/domain/rejection.ts';
import type { JobBackend } from '../../../src/infra/jobs/backend.ts';
import { relayOnce } from '../../../src/infra/jobs/relay.ts';
import type { JobHandler } from '../../../src/infra/jobs/worker.ts';
import { locationId } from '../../support/canonical-events.ts';
import { openStoreRoom, type StoreRoom } from '../policies/store-room.ts';
import { openWorkshop, QUEUE, times, type Workshop } from './workshop.ts';

const otherLocation = '01939f3a-1000-7000-8000-000000000099';
const everything = { queue: null, state: null, locationIds: null };

const failing: JobHandler = () => Promise.reject(new Error('no mail server'));

/** What every backend of the job queues must do. `open` is called for each test, on an empty backend. */
export const jobsContract = (open: (room: StoreRoom) => Promise<JobBackend>): void => {
  let room: StoreRoom;
  let shop: Workshop;
  beforeEach(async () => {
    room = await openStoreRoom();
    shop = openWorkshop(room, await open(room));
  });
  afterEach(async () => {
    await shop.close();
    await room.close();
  });

  /** Does each job, and says which. */
  const recording = (): { readonly done: string[]; readonly handle: JobHandler } => {
    const done: string[] = [];
    return { done, handle: async ({ id }) => void done.push(id) };
  };
  const states = async (state: JobState | null = null): Promise<readonly (readonly [string, JobState])[]> =>
    (await shop.board.list({ ...everything, state }, 50, null)).items.map((job) => [job.jobId, job.state] as const);
  const killJob = async (eventId: string, handle = failing): Promise<string> => {
    const id = await shop.add(eventId);
    const { outcomes, stop } = shop.work(handle);
    await outcomes.has('dead');
    await stop();
    return id;
  };

  it('does a job with what the policy said and why', async () => {
    const id = await shop.add('event-1');
    const got: unknown[] = [];
    const { outcomes, stop } = shop.work(async (job) => void got.push(job));
    await outcomes.has('completed');
    await stop();
    expect(got).to.have.length(1);
    expect(got[0]).to.deep.include({ id });
    expect(got[0]).to.have.nested.include({ 'cause.eventId': 'event-1', 'cause.correlationId': 'request', 'data.name': 'Ground beef' });
  });

  it('does a job once that the relay handed over twice, being killed before it noted so', async () => {
    const id = await shop.write('event-1');
    await room.asOwner(`create function fail() returns trigger language plpgsql as 'begin raise exception ''killed''; end';
      create trigger killed before update on outbox for each row execute function fail()`);
    let thrown: unknown = null;
    await relayOnce(shop.relay).catch((error: unknown) => (thrown = error));
    expect(thrown).to.deep.include({ message: 'killed' });
    const { done, handle } = recording();
    const worker = shop.work(handle);
    await worker.outcomes.has('completed');

    await room.asOwner('drop trigger killed on outbox');
    expect(await relayOnce(shop.relay)).to.equal(1);
    const marker = await shop.add('event-2');
    await worker.outcomes.has('completed', 2);
    await worker.stop();
    expect(done).to.deep.equal([id, marker]);
    expect(await relayOnce(shop.relay)).to.equal(0);
  });

  it('tries again with doubling pauses, then puts the job among the dead', async () => {
    const id = await shop.add('event-1');
    const at: number[] = [];
    const { outcomes, stop } = shop.work(async () => {
      at.push(performance.now());
      throw new Error('no mail server');
    });
    await outcomes.has('dead');
    await stop();
    expect(outcomes.seen).to.deep.equal(['failed', 'failed', 'dead']);
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).to.be.at.least(19);
    expect(third - second).to.be.at.least(39);
    expect(await states()).to.deep.equal([[id, 'dead']]);
    const [job] = (await shop.board.list(everything, 50, null)).items;
    expect(job).to.deep.include({
      attempts: 3,
      failure: 'no mail server',
      queue: QUEUE,
      eventId: 'event-1',
      correlationId: 'request',
      locationId,
    });
  });

  it('does not try again what was refused', async () => {
    const refused = async (): Promise<void> => {
      throw new Rejection('alert-exists', 'Take another id.');
    };
    await killJob('event-1', refused);
    const [job] = (await shop.board.list(everything, 50, null)).items;
    expect(job).to.deep.include({ state: 'dead', attempts: 1, failure: 'alert-exists: Take another id.' });
  });

  it('tries a dead job again, with all its attempts, when a person says so', async () => {
    const id = await killJob('event-1');
    expect(await shop.board.retry(id, null)).to.equal('retried');
    expect(await states()).to.deep.equal([[id, 'waiting']]);
    const failsTwice = recording();
    let tries = 0;
    const { outcomes, stop } = shop.work(async (job) => {
      if (++tries < 3) throw new Error('still no mail server');
      await failsTwice.handle(job);
    });
    await outcomes.has('completed');
    await stop();
    expect(failsTwice.done).to.deep.equal([id]);
    expect(await states()).to.deep.equal([[id, 'completed']]);
  });

  it('puts a job among the dead again when it fails again', async () => {
    const id = await killJob('event-1');
    await shop.board.retry(id, null);
    const { outcomes, stop } = shop.work(failing);
    await outcomes.has('dead');
    await stop();
    expect(await states()).to.deep.equal([[id, 'dead']]);
  });

  it('tries a dead job again that its own queue has forgotten', async () => {
    const id = await killJob('event-1');
    await shop.pair.live.remove(id);
    expect(await shop.board.retry(id, null)).to.equal('retried');
    const { done, handle } = recording();
    const { outcomes, stop } = shop.work(handle);
    await outcomes.has('completed');
    await stop();
    expect(done).to.deep.equal([id]);
    expect(await states('dead')).to.deep.equal([]);
  });

  it('tries nothing again that is unknown, alive, or another location’s', async () => {
    const dead = await killJob('event-1');
    const waiting = await shop.add('event-2');
    expect(await shop.board.retry(randomUUID(), null)).to.equal('unknown');
    expect(await shop.board.retry(dead, [otherLocation])).to.equal('unknown');
    expect(await shop.board.retry(waiting, null)).to.equal('not-dead');
    expect(await states()).to.deep.equal([
      [waiting, 'waiting'],
      [dead, 'dead'],
    ]);
  });

  it('puts a job among the dead whose worker was killed just before', async () => {
    const id = await shop.add('event-1');
    const careless = shop.backend.worker(QUEUE, failing as never, times);
    const died = new Promise<void>((resolve) => careless.on('failed', (job) => (job?.finishedOn === undefined ? undefined : resolve())));
    const running = careless.run();
    await died;
    await careless.close();
    await running;
    expect(await states('dead')).to.deep.equal([]);
    await shop.work(failing).stop();
    expect(await states()).to.deep.equal([[id, 'dead']]);
  });

  it('finishes the job under way when it is stopped', async () => {
    const id = await shop.add('event-1');
    const began = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const worker = shop.work(async () => {
      began.resolve();
      await finish.promise;
    });
    await began.promise;
    expect(await states()).to.deep.equal([[id, 'active']]);
    const stopped = worker.stop();
    finish.resolve();
    await stopped;
    expect(await states()).to.deep.equal([[id, 'completed']]);
  });

  it('shows jobs by state and location, page by page, and counts them', async () => {
    const dead = await killJob('event-1');
    const ours = [await shop.add('event-2'), await shop.add('event-3')];
    const theirs = await shop.add('event-4', otherLocation);

    const first = await shop.board.list({ ...everything, locationIds: [locationId] }, 2, null);
    const second = await shop.board.list({ ...everything, locationIds: [locationId] }, 2, first.next);
    expect([...first.items, ...second.items].map(({ jobId }) => jobId)).to.have.members([...ours, dead]);
    expect([first.items.length, second.items.length, second.next]).to.deep.equal([2, 1, null]);
    expect(await states('waiting')).to.have.deep.members([...ours, theirs].map((id) => [id, 'waiting']));
    expect(await states('failed')).to.deep.equal([[dead, 'failed']]);
    expect(await shop.board.counts()).to.deep.equal([
      { queue: QUEUE, counts: { waiting: 3, active: 0, delayed: 0, completed: 0, failed: 1, dead: 1 } },
      { queue: 'account-mails', counts: { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0, dead: 0 } },
    ]);
  });
};
