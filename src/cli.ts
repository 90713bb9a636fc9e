import { UsageError } from './client/arguments.ts';
import { demoCommand, DEMO_HELP } from './client/demo/command.ts';
import { eventCommand, EVENT_HELP } from './client/verify/event-command.ts';
import { keyCommand, KEY_HELP } from './client/verify/key-command.ts';
import { verifyCommand, VERIFY_HELP } from './client/verify/command.ts';
import { importCommand, IMPORT_HELP } from './client/import/command.ts';
import { backupKeysCommand, BACKUP_KEYS_HELP, restoreKeysCommand, RESTORE_KEYS_HELP } from './main/keys-commands.ts';
import { backupCommand, BACKUP_HELP, restoreCommand, RESTORE_HELP } from './main/backup-commands.ts';

type Command = {
  readonly help: string;
  readonly run: (args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal) => Promise<number>;
};

const commands: ReadonlyMap<string, Command> = new Map([
  ['import', { help: IMPORT_HELP, run: importCommand }],
  ['backup', { help: BACKUP_HELP, run: backupCommand }],
  ['restore', { help: RESTORE_HELP, run: restoreCommand }],
  ['backup-keys', { help: BACKUP_KEYS_HELP, run: backupKeysCommand }],
  ['restore-keys', { help: RESTORE_KEYS_HELP, run: restoreKeysCommand }],
  ['demo', { help: DEMO_HELP, run: demoCommand }],
  ['verify', { help: VERIFY_HELP, run: verifyCommand }],
  ['verify-event', { help: EVENT_HELP, run: eventCommand }],
  ['log-key', { help: KEY_HELP, run: keyCommand }],
]);

const help = (): string => ['Usage:', ...[...commands.values()].map((command) => command.help)].join('\n\n');

const isUsage = (error: unknown): error is Error =>
  error instanceof UsageError || (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

const main = async ([name = 'help', ...args]: readonly string[]): Promise<number> => {
  const command = commands.get(name);
  if (command === undefined || args.includes('--help')) {
    console.log(command?.help ?? help());
    return command !== undefined || name === 'help' || name === '--help' ? 0 : 2;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    return await command.run(args, process.env, stop.signal);
  } catch (error) {
    console.error(`brigade ${name}: ${error instanceof Error ? error.message : String(error)}`);
    if (isUsage(error)) console.error(`\n${command.help}`);
    return isUsage(error) ? 2 : 1;
  }
};

process.exitCode = await main(process.argv.slice(2));
