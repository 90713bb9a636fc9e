import { existsSync } from 'node:fs';
import path from 'node:path';
import { BackupRefused } from '../infra/backup/refused.ts';
import type { Config } from '../infra/config.ts';
import { ownerOf } from '../infra/postgres/data-folder.ts';
import { runningUrl } from '../infra/postgres/embedded-cluster.ts';
import { startEmbedded } from '../infra/postgres/embedded.ts';
import type { Log } from '../http/ports.ts';

/**
 * Works, as its owner, on the database the program has: the one configured; the embedded one of a program that runs; or that one,
 * started for the time.
 */
export const onDatabase = async <T>(config: Config, log: Log, work: (ownerUrl: string) => Promise<T>): Promise<T> => {
  if (config.eventstore.url !== null) {
    throw new BackupRefused(
      'backup-log-elsewhere',
      'The log is in EventStoreDB (APP_EVENTSTORE__URL): back it up and restore it with its own tools.',
    );
  }
  const { url, allowUnsafe } = config.database;
  if (url !== null) return work(url);
  const { dir } = config.data;
  const running = existsSync(dir) && ownerOf(dir) !== null ? runningUrl(dir) : null;
  if (running !== null) return work(running);
  const embedded = await startEmbedded({ folder: dir, durable: !allowUnsafe, log });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
};

/** A backup of nothing would only look like one. */
export const requireData = ({ database, data }: Config): void => {
  if (database.url === null && !existsSync(path.join(data.dir, 'postgres'))) {
    throw new BackupRefused(
      'backup-nothing-there',
      `There is no database in ${data.dir}: set APP_DATA__DIR to the folder the program uses, or APP_DATABASE__URL.`,
    );
  }
};
