import { parseArgs } from 'node:util';
import { UsageError } from '../client/arguments.ts';
import { readConfig } from '../infra/config.ts';
import { backUpKeys, restoreKeys } from '../infra/privacy/keys-backup.ts';
import { openKeysDatabase } from '../infra/privacy/keys-database.ts';
import { openLog } from '../infra/telemetry/log.ts';
import { onDatabase, requireData } from './backup-database.ts';

export const BACKUP_KEYS_HELP = `brigade backup-keys FILE
  Writes the keys that personal data are sealed with, themselves locked with the master key, to a file: docs/privacy.md.`;

export const RESTORE_KEYS_HELP = `brigade restore-keys FILE
  Adds the keys of such a file to those that are there; who is erased in either stays erased. Put the master key in place before.`;

const fileFrom = (args: readonly string[]): string => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError('one FILE is needed');
  return file;
};

const onKeys = async <T>(env: NodeJS.ProcessEnv, fresh: boolean, work: (keysUrl: string) => Promise<T>): Promise<T> => {
  const config = readConfig(env);
  if (!fresh) requireData(config);
  return onDatabase(config, openLog({ level: 'error' }), async (ownerUrl) =>
    work(await openKeysDatabase(config.privacy.keysUrl, ownerUrl)),
  );
};

export const backupKeysCommand = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const file = fileFrom(args);
  const keys = await onKeys(env, false, (keysUrl) => backUpKeys(keysUrl, file));
  console.log(`Backed up ${keys} keys to ${file}: keep it apart from the backups, and only the newest.`);
  return 0;
};

export const restoreKeysCommand = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const file = fileFrom(args);
  const keys = await onKeys(env, true, (keysUrl) => restoreKeys(keysUrl, file));
  console.log(`Restored ${keys} keys from ${file}.`);
  return 0;
};
