import type { Jobs } from '../http/ports.ts';
import { postgresJobs, redisJobs, type JobBackend } from '../infra/jobs/backend.ts';
import { jobBoard } from '../infra/jobs/board.ts';
import { openMail, type Mail } from '../infra/jobs/mail.ts';
import { passwordLinkHandler } from '../infra/jobs/password-link.ts';
import { migrateJobs } from '../infra/jobs/migrate.ts';
import { closeQueues, openQueues, type QueuePair, type Queues } from '../infra/jobs/queues.ts';
import { onceServed } from '../infra/postgres/once-served.ts';
import { runRelay } from '../infra/jobs/relay.ts';
import { reorderAlertHandler } from '../infra/jobs/reorder-alert.ts';
import { startWorker } from '../infra/jobs/worker.ts';
import { reachable } from '../infra/identity/db.ts';
import { passwordLinks } from '../infra/identity/password-links.ts';
import type { JobQueueName } from '../commands/policies/job.ts';
import { runPolicies } from '../infra/policies/runner.ts';
import { commandSender } from '../commands/policies/send-command.ts';
import { policies } from '../commands/policies/all.ts';
import { commandNamed } from '../commands/registry.ts';
import type { System } from './system.ts';

export type JobRoom = { readonly backend: JobBackend; readonly queues: Queues; readonly board: Jobs };

/** The queues, for those who work on them and those who look. */
export const openJobs = async ({ config, ownerUrl, log, closing }: System): Promise<JobRoom> => {
  if (config.redis.url === null) await onceServed(() => migrateJobs(ownerUrl));
  const backend = config.redis.url === null ? postgresJobs(ownerUrl, log) : redisJobs(config.redis.url, log);
  closing.add('job backend', backend.close);
  const queues = openQueues(backend);
  closing.add('job queues', () => closeQueues(queues));
  return { backend, queues, board: jobBoard(queues, config.jobs) };
};

const mailFor = ({ config }: System): Mail | null => {
  const { url, from, to } = config.smtp;
  return url === null ? null : openMail({ url, from, to });
};

const pairOf = (queues: Queues, name: JobQueueName): QueuePair => {
  const pair = queues.get(name);
  if (pair === undefined) throw new Error(`There is no queue ${name}`);
  return pair;
};

/** Policies, the relay of their jobs, and the worker who does them. What it answers settles where the policies cannot go on: with the reason. */
export const startWorking = async (system: System, { backend, queues }: JobRoom): Promise<{ readonly lost: Promise<Error> }> => {
  const { clock, closing, sealedStore, ownerUrl, log, metrics, pool, config, execute } = system;
  const send = commandSender(execute, commandNamed);
  const mail = mailFor(system);
  if (mail !== null) closing.add('mail', mail.close);
  const worker = startWorker({
    backend,
    queue: 'reorder-alerts',
    pair: pairOf(queues, 'reorder-alerts'),
    handle: reorderAlertHandler(send, config.smtp.to.length === 0 ? null : mail),
    log,
    onOutcome: metrics.jobEnded,
  });
  closing.add('job worker', worker.stop);
  const mailer = startWorker({
    backend,
    queue: 'account-mails',
    pair: pairOf(queues, 'account-mails'),
    handle: passwordLinkHandler(passwordLinks(reachable(pool), clock), mail, config.server.publicUrl),
    log,
    onOutcome: metrics.jobEnded,
  });
  closing.add('account mails', mailer.stop);

  const stopping = new AbortController();
  const relaying = runRelay({ pool, queues, settings: config.jobs, log, onPending: metrics.outboxPending, ownerUrl }, stopping.signal);
  // Policies see the log as it is stored: what they hand on, to a job or a command, has no personal text in the clear.
  const acting = runPolicies({ policies, store: sealedStore, send, ownerUrl, log, metrics: metrics.policies }, stopping.signal);
  const lost = new Promise<Error>((resolve) => void acting.catch(resolve));
  closing.add('policies and relay', () => {
    stopping.abort();
    // Why the policies could not go on was told by `lost`.
    return Promise.all([relaying, acting.catch(() => undefined)]);
  });
  return { lost };
};
