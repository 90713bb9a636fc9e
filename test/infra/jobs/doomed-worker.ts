import { postgresJobs, redisJobs } from '../../../src/infra/jobs/backend.ts';
import { migrateJobs } from '../../../src/infra/jobs/migrate.ts';
import { openMail, type Mail } from '../../../src/infra/jobs/mail.ts';
import { reorderAlertHandler } from '../../../src/infra/jobs/reorder-alert.ts';
import type { JobHandler } from '../../../src/infra/jobs/worker.ts';
import { silent, storeRoomOn } from '../policies/store-room.ts';
import { openWorkshop, shortLived } from './workshop.ts';

/** A worker in a process of its own. It says when it reaches a step of its first job, and stands still there. */
const [ownerUrl = '', redisUrl = '', smtpUrl = '', step = ''] = process.argv.slice(2);

const say = (): void => void process.stdout.write('reached\n');
const standStill = (): Promise<never> => {
  say();
  return new Promise(() => {});
};

const room = await storeRoomOn(ownerUrl);
const mail = openMail({ url: smtpUrl, from: 'kitchen@brigade.test', to: ['buyer@brigade.test'] });
const neverMails: Mail = { send: standStill, close: () => undefined };

const handlers: { readonly [step: string]: JobHandler } = {
  'before the alert': standStill,
  'after the alert, before the mail': reorderAlertHandler(room.send, neverMails),
  'after the mail': async (job) => {
    await reorderAlertHandler(room.send, mail)(job);
    await standStill();
  },
  'the end': async () => say(),
};
const handle = handlers[step];
if (handle === undefined) throw new Error(`There is no step ${step}`);

if (redisUrl === '') await migrateJobs(ownerUrl);
const { stop } = openWorkshop(room, redisUrl === '' ? postgresJobs(ownerUrl, silent) : redisJobs(redisUrl, silent)).work(
  handle,
  shortLived,
);
process.on('SIGTERM', () => void stop().then(() => process.exit(0)));
