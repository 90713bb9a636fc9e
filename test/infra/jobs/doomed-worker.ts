import { migrateJobs } from '../../../src/infra/jobs/migrate.ts';
import { postgresJobs, redisJobs } from '../../../src/infra/jobs/backend.ts';
import { openMail, type Mail } from '../../../src/infra/jobs/mail.ts';
import { reorderAlertHandler } from '../../../src/infra/jobs/reorder-alert.ts';
import type { JobHandler } from '../../../src/infra/jobs/worker.ts';
import { silent, storeRoomOn } from '../policies/store-room.ts';
import { openWorkshop } from './workshop.ts';

/** A worker in a process of its own that stands still at one step of its first job, says so, and waits to be killed. */
const [ownerUrl = '', redisUrl = '', smtpUrl = '', step = ''] = process.argv.slice(2);

const standStill = (): Promise<never> => {
  process.stdout.write('reached\n');
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
};
const handle = handlers[step];
if (handle === undefined) throw new Error(`There is no step ${step}`);

if (redisUrl === '') await migrateJobs(ownerUrl);
openWorkshop(room, redisUrl === '' ? postgresJobs(ownerUrl, silent) : redisJobs(redisUrl, silent)).work(handle);
