import { parseArgs } from 'node:util';
import { appendsOn } from './append.ts';
import { told, type Measured, type Options } from './report.ts';
import { withServer } from './support/server.ts';
import { slowFsync } from './support/slow-fsync.ts';

const DELAY_MS = 1;

/** The same as append, where each fsync of PostgreSQL's takes a millisecond longer: what a slower disk makes of it. */
export const appendsOnASlowDisk = async ({ seconds }: Pick<Options, 'seconds'>): Promise<Measured> => {
  const slow = slowFsync(DELAY_MS);
  if (typeof slow === 'string') return { rows: [], notes: [`Not measured: ${slow}.`] };
  try {
    return await withServer({ durable: true, slow }, (server) => appendsOn(server, seconds, [1, 64, 256]));
  } finally {
    slow.remove();
  }
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
  console.log(told(await appendsOnASlowDisk({ seconds: Number(values.seconds) })));
}
