import { parseArgs } from 'node:util';
import { UsageError } from '../client/arguments.ts';
import { backUp, type OnProgress } from '../infra/backup/backup.ts';
import { restore } from '../infra/backup/restore.ts';
import { readConfig } from '../infra/config.ts';
import { migrateJobs } from '../infra/jobs/migrate.ts';
import { migrate } from '../infra/postgres/migrate.ts';
import { openLog } from '../infra/telemetry/log.ts';
import { onDatabase, requireData } from './backup-database.ts';
import { withKeyStore } from './keys.ts';

export const BACKUP_HELP = `brigade backup FILE
  Writes the log and the people who may log in to a compressed, checksummed file, while the program runs or not.
  Works on the database the program is configured for (APP_DATA__DIR, APP_DATABASE__URL). Keys are not in it: docs/backup.md.`;

export const RESTORE_HELP = `brigade restore FILE
  Reads a backup into a new data folder or an empty database, all of it or nothing; stop the program first.
  The read models are built anew at the next start.`;

const fileFrom = (args: readonly string[]): string => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError('one FILE is needed');
  return file;
};

const EVERY_MS = 1000;

const progress = (): OnProgress => {
  let shown = performance.now();
  return (events, ofEvents) => {
    if (performance.now() - shown < EVERY_MS) return;
    shown = performance.now();
    console.error(`${events} of ${ofEvents} events`);
  };
};

/** An example: `1000000 events in 9.5 s (0.16 minutes per million)`. */
const pace = (events: number, seconds: number): string => {
  const perMillion = events === 0 ? '' : ` (${((seconds / 60) * (1_000_000 / events)).toFixed(2)} minutes per million)`;
  return `${events} events in ${seconds.toFixed(1)} s${perMillion}`;
};

/** Only what is serious: the database's own starting and stopping is not news here. */
const quietLog = () => openLog({ level: 'error' });

export const backupCommand = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const file = fileFrom(args);
  const config = readConfig(env);
  requireData(config);
  const { position, epoch, events, bytes, seconds } = await onDatabase(config, quietLog(), (ownerUrl) =>
    withKeyStore(config, ownerUrl, quietLog(), (keys) => backUp({ ownerUrl, file, keys, now: () => new Date(), onProgress: progress() })),
  );
  console.log(
    `Backed up to ${file}: ${pace(events, seconds)}, ${(bytes / 1_000_000).toFixed(1)} MB, up to position ${position} of log ${epoch}.`,
  );
  return 0;
};

export const restoreCommand = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const file = fileFrom(args);
  const config = readConfig(env);
  const { formerEpoch, epoch, position, events, madeAt, unreadable, seconds } = await onDatabase(config, quietLog(), async (ownerUrl) => {
    await migrate(ownerUrl);
    await migrateJobs(ownerUrl);
    return withKeyStore(config, ownerUrl, quietLog(), (keys) => restore({ ownerUrl, file, keys, onProgress: progress() }));
  });
  console.log(
    [
      `Restored from ${file}, made ${madeAt}: ${pace(events, seconds)}, up to position ${position}.`,
      `The log is ${epoch} now (it was ${formerEpoch}): the read models are built anew at the next start.`,
      ...(unreadable === 0 ? [] : [`${unreadable} people have no key here and come without name and address: docs/privacy.md.`]),
    ].join('\n'),
  );
  return 0;
};
