import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { JobBackend } from '../../../src/infra/jobs/backend.ts';
import { openMail, type Mail } from '../../../src/infra/jobs/mail.ts';
import { runRelay } from '../../../src/infra/jobs/relay.ts';
import { reorderAlertHandler } from '../../../src/infra/jobs/reorder-alert.ts';
import { jobIdOf } from '../../../src/infra/policies/plan.ts';
import { locationId } from '../../support/canonical-events.ts';
import { startRunner } from '../policies/running.ts';
import { openStoreRoom, type StoreRoom } from '../policies/store-room.ts';
import { openMailbox, type Mailbox } from './mailbox.ts';
import { startWorkerProcess } from './start-worker.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

export type Opened = { readonly backend: JobBackend; /** For another process; empty: it uses the database. */ readonly redisUrl: string };

/** What comes of low stock, whatever keeps the jobs. */
export const alertsContract = (open: (room: StoreRoom) => Promise<Opened>): void => {
  const bunId = randomUUID();
  let room: StoreRoom;
  let shop: Workshop;
  let mailbox: Mailbox;
  let mail: Mail;
  let redisUrl: string;
  beforeEach(async () => {
    mailbox = await openMailbox();
    mail = openMail({ url: mailbox.url, from: 'Kitchen <kitchen@brigade.test>', to: ['buyer@brigade.test', 'chef@brigade.test'] });
    room = await openStoreRoom();
    const opened = await open(room);
    redisUrl = opened.redisUrl;
    shop = openWorkshop(room, opened.backend);
    await room.defineItem(bunId, 4, 3);
  });
  afterEach(async () => {
    mail.close();
    await shop.close();
    await room.close();
    await mailbox.close();
  });

  /** The policies and the relay, until the job is in its queue. */
  const untilQueued = async (): Promise<void> => {
    const stopping = new AbortController();
    const runner = startRunner(room);
    await runner.caughtUp();
    const queued = Promise.withResolvers<void>();
    const onPending = (jobs: number): void => (jobs === 0 ? queued.resolve() : undefined);
    const relay = runRelay({ ...shop.relay, ownerUrl: room.ownerUrl, onPending }, stopping.signal);
    await queued.promise;
    stopping.abort();
    await Promise.all([relay, runner.stop()]);
  };
  const untilCompleted = async (): Promise<readonly string[]> => {
    const { outcomes, stop } = shop.work(reorderAlertHandler(room.send, mail));
    await outcomes.has('completed');
    await stop();
    return outcomes.seen;
  };

  it('raises an alert and writes to those who buy, as one thing leads to another', async () => {
    await room.startTicket(bunId);
    const stopping = new AbortController();
    const runner = startRunner(room);
    const relay = runRelay({ ...shop.relay, ownerUrl: room.ownerUrl }, stopping.signal);
    const { outcomes, stop } = shop.work(reorderAlertHandler(room.send, mail));
    await outcomes.has('completed');
    stopping.abort();
    await Promise.all([relay, runner.stop(), stop()]);

    const [reached] = await room.events('StockItemReorderPointReached');
    const [raised, ...others] = await room.events('AlertRaised');
    const alertId = jobIdOf('reorder-alert', reached?.eventId ?? '', 0);
    expect(others).to.deep.equal([]);
    expect(raised).to.deep.include({
      stream: `Alert-${alertId}`,
      data: {
        alertId,
        kind: 'reorder',
        stockItemId: bunId,
        locationId,
        name: 'Buns',
        onHand: 3,
        reorderPoint: 3,
        par: 1_000_000,
        displayUnit: 'piece',
      },
    });
    expect(raised?.metadata).to.deep.include({
      actor: { userId: 'system:reorder-alerts', roles: ['system'], terminalId: null },
      causationId: reached?.eventId,
      correlationId: 'request',
      locationId,
    });
    expect(mailbox.received).to.deep.equal([
      {
        to: ['buyer@brigade.test', 'chef@brigade.test'],
        messageId: `<alert-${alertId}@brigade.test>`,
        subject: 'Reorder Buns: 3 piece left',
        attached: '',
        text: [
          'Buns has reached its reorder point.',
          '',
          'On hand:        3 piece',
          'Reorder point:  3 piece',
          'Fill up to:     1000000 piece',
          '',
        ].join('\n'),
      },
    ]);
  });

  it('raises one alert and sends one mail though the mail server refuses at first', async () => {
    await room.startTicket(bunId);
    await untilQueued();
    mailbox.refuseNext();
    expect(await untilCompleted()).to.deep.equal(['failed', 'completed']);
    expect(await room.events('AlertRaised')).to.have.length(1);
    expect(mailbox.received).to.have.length(1);
  });

  it('raises the alert also where no mail is sent', async () => {
    await room.startTicket(bunId);
    await untilQueued();
    mail.close();
    const { outcomes, stop } = shop.work(reorderAlertHandler(room.send, null));
    await outcomes.has('completed');
    await stop();
    expect(await room.events('AlertRaised')).to.have.length(1);
    expect(mailbox.received).to.deep.equal([]);
  });

  describe('when the worker is killed, another raises the alert once', () => {
    const afterKill = async (step: string): Promise<void> => {
      await room.startTicket(bunId);
      await untilQueued();
      const worker = startWorkerProcess(room.ownerUrl, redisUrl, mailbox.url, step);
      await worker.reached;
      await worker.end('SIGKILL');
      await untilCompleted();
      expect(await room.events('AlertRaised')).to.have.length(1);
    };

    it('before the alert', async () => {
      await afterKill('before the alert');
      expect(mailbox.received).to.have.length(1);
    });

    it('after the alert, before the mail', async () => {
      await afterKill('after the alert, before the mail');
      expect(mailbox.received).to.have.length(1);
    });

    it('after the mail: it is sent again as the same message', async () => {
      await afterKill('after the mail');
      expect(mailbox.received).to.have.length(2);
      expect(new Set(mailbox.received.map(({ messageId }) => messageId)).size).to.equal(1);
    });
  });
};
