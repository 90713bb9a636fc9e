import { join } from 'node:path';
import type { LogProof } from '../http/ports.ts';
import { openMail } from '../infra/jobs/mail.ts';
import { postgresLog, type Asks, type ChainedLog } from '../infra/proof/chained-log.ts';
import { foreignLog } from '../infra/proof/foreign-log.ts';
import { keepChaining } from '../infra/proof/keep-chaining.ts';
import { outgoingPost } from '../infra/outgoing/post.ts';
import { keepSigning } from '../infra/proof/keep-signing.ts';
import { readLogKey } from '../infra/proof/log-key.ts';
import { logProof } from '../infra/proof/log-proof.ts';
import { headsFile, headsMail, headsUrl, type HeadPlace } from '../infra/proof/send-heads.ts';
import type { LogKey } from '../proof/head.ts';
import type { System } from './system.ts';

const logKey = ({ config: { audit, data } }: System): Promise<LogKey> =>
  readLogKey(audit.signingKeyFile ?? join(data.dir, 'keys', 'log-heads.pem'), { make: audit.signingKeyFile === null });

const chainedIn =
  ({ config, sealedStore }: System) =>
  (db: Asks): ChainedLog =>
    config.eventstore.url === null ? postgresLog(db) : foreignLog(db, sealedStore);

export const openProof = async (system: System): Promise<LogProof> =>
  logProof(system.pool, chainedIn(system)(system.pool), await logKey(system), system.clock);

/** Chains a log that is kept elsewhere; one in PostgreSQL is chained as it is written. */
export const startChaining = ({ config, ownerUrl, sealedStore, metrics, log, closing }: System): void => {
  if (config.eventstore.url === null) return;
  const stopping = new AbortController();
  const chaining = keepChaining({ ownerUrl, store: sealedStore, metrics: metrics.chain, log }, stopping.signal);
  closing.add('log chain', () => {
    stopping.abort();
    return chaining;
  });
};

const placesFor = ({ config: { audit, smtp, outgoing }, closing }: System): readonly HeadPlace[] => {
  const { headsFile: file, headsUrl: url } = audit;
  const { url: smtpUrl, from } = smtp;
  const addresses = smtpUrl === null ? [] : audit.headsMail.map((address) => ({ address, url: smtpUrl }));
  const mailed = addresses.map(({ address, url }) => {
    const mail = openMail({ url, from, to: [address] });
    closing.add('mail of heads', mail.close);
    return headsMail(address, mail);
  });
  return [...(file === null ? [] : [headsFile(file)]), ...(url === null ? [] : [headsUrl(url, outgoingPost(outgoing))]), ...mailed];
};

/** Signs the log's heads at an interval, and sends them where the configuration says. */
export const startSigning = async (system: System): Promise<void> => {
  const { config, ownerUrl, clock, log, closing } = system;
  const { headsIntervalSecs } = config.audit;
  const places = placesFor(system);
  const stopping = new AbortController();
  const signing = keepSigning(
    { ownerUrl, chainedIn: chainedIn(system), key: await logKey(system), clock, everyMs: headsIntervalSecs * 1000, places, log },
    stopping.signal,
  );
  closing.add('log heads', () => {
    stopping.abort();
    return signing;
  });
};
