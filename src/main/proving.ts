import { join } from 'node:path';
import type { LogProof } from '../http/ports.ts';
import { outgoingPost } from '../infra/outgoing/post.ts';
import { keepSigning } from '../infra/proof/keep-signing.ts';
import { readLogKey } from '../infra/proof/log-key.ts';
import { logProof } from '../infra/proof/log-proof.ts';
import { headsFile, headsUrl } from '../infra/proof/send-heads.ts';
import type { LogKey } from '../proof/head.ts';
import type { System } from './system.ts';

const logKey = ({ config: { audit, data } }: System): Promise<LogKey> =>
  readLogKey(audit.signingKeyFile ?? join(data.dir, 'keys', 'log-heads.pem'), { make: audit.signingKeyFile === null });

/** Null where the log is in EventStoreDB, which is not chained. */
export const openProof = async (system: System): Promise<LogProof | null> =>
  system.config.eventstore.url === null ? logProof(system.pool, await logKey(system), system.clock) : null;

/** Signs the log's heads at an interval, and sends them where the configuration says. */
export const startSigning = async (system: System): Promise<void> => {
  const { config, ownerUrl, clock, log, closing } = system;
  if (config.eventstore.url !== null) return;
  const { headsFile: file, headsUrl: url, headsIntervalSecs } = config.audit;
  const places = [...(file === null ? [] : [headsFile(file)]), ...(url === null ? [] : [headsUrl(url, outgoingPost(config.outgoing))])];
  const stopping = new AbortController();
  const signing = keepSigning(
    { ownerUrl, key: await logKey(system), clock, everyMs: headsIntervalSecs * 1000, places, log },
    stopping.signal,
  );
  closing.add('log heads', () => {
    stopping.abort();
    return signing;
  });
};
