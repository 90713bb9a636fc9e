import type { Clock } from '../../commands/ports.ts';
import type { LogKey } from '../../proof/head.ts';
import { asOnlyOne, pause } from '../policies/only-one.ts';
import type { Log } from '../postgres/log.ts';
import type { Asks, ChainedLog } from './chained-log.ts';
import { sendHeads, type HeadPlace } from './send-heads.ts';
import { ChainBroken, signNextHead } from './sign-heads.ts';

export type Signing = {
  readonly ownerUrl: string;
  readonly chainedIn: (db: Asks) => ChainedLog;
  readonly key: LogKey;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly places: readonly HeadPlace[];
  readonly log: Log;
};

/** Signs the log's heads and sends them on, in one process at a time, until the signal aborts. */
export const keepSigning = ({ ownerUrl, chainedIn, key, clock, everyMs, places, log }: Signing, signal: AbortSignal): Promise<void> =>
  asOnlyOne(
    async (session, held) => {
      const chained = chainedIn(session);
      for (; ; await pause(everyMs, held)) {
        try {
          while (!held.aborted && (await signNextHead(session, chained, key, clock)) !== null);
        } catch (error) {
          if (!(error instanceof ChainBroken)) throw error;
          log.error({ err: error, position: error.position }, 'The log was changed in the database');
        }
        for (const place of places) await sendHeads(session, place, log, chained.heads);
      }
    },
    { ownerUrl, name: 'log heads', log },
    signal,
  );
