import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { asAccount, type Account, type Binaries } from './binaries.ts';

export const OWNER = 'brigade';
export const READER = 'brigade_reader';
export const DATABASE = 'brigade';

/** How to get in: kept beside the data, readable by us alone. */
type Access = { readonly password: string; readonly readerPassword: string; readonly port: number | null };

export type Cluster = { readonly home: string; readonly data: string; readonly access: Access };

const accessFile = (home: string): string => path.join(home, 'access.json');

const writeAccess = (home: string, access: Access): void => {
  writeFileSync(`${accessFile(home)}.new`, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${accessFile(home)}.new`, accessFile(home));
};

const open = (link: string): Cluster => {
  const home = realpathSync(link);
  return { home, data: path.join(home, 'data'), access: JSON.parse(readFileSync(accessFile(home), 'utf8')) as Access };
};

/** The owner's, of a cluster whose server runs; null where there is no cluster in the data folder. */
export const runningUrl = (folder: string): string | null => {
  const home = path.join(folder, 'postgres');
  if (!existsSync(home)) return null;
  const { access } = open(home);
  return `postgres://${OWNER}:${access.password}@127.0.0.1:${access.port ?? ''}/${DATABASE}`;
};

/** The same port at the next start keeps people's connection strings good. */
export const rememberPort = (cluster: Cluster, port: number): void => {
  if (cluster.access.port !== port) writeAccess(cluster.home, { ...cluster.access, port });
};

const reachable = (folder: string, account: Account): boolean =>
  account === null ||
  spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...asAccount(account), cwd: '/', stdio: 'ignore' }).status === 0;

const ELSEWHERE = '/var/lib/brigade';

/** Our folder itself may be passed through; a folder above it that keeps others out (root's home, say) sends the data elsewhere, with a link to it. */
const newHome = (folder: string, account: Account): string => {
  if (!reachable(folder, account)) chmodSync(folder, statSync(folder).mode | 0o011);
  if (reachable(folder, account)) return mkdtempSync(path.join(folder, '.postgres-'));
  mkdirSync(ELSEWHERE, { recursive: true, mode: 0o711 });
  return mkdtempSync(path.join(ELSEWHERE, 'postgres-'));
};

const moveIn = (draft: string, home: string): void => {
  if (path.dirname(draft) === path.dirname(home)) renameSync(draft, home);
  else symlinkSync(draft, home);
};

const initdb = (binaries: Binaries, data: string, password: string, durable: boolean): void => {
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (binaries.account !== null) chownSync(passwordFile, binaries.account.uid, binaries.account.gid);
  const made = spawnSync(
    path.join(binaries.folder, 'native/bin/initdb'),
    [
      '-D',
      data,
      '-U',
      OWNER,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ],
    { ...asAccount(binaries.account), cwd: '/', encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' } },
  );
  rmSync(passwordFile);
  if (made.status !== 0) throw new Error(`PostgreSQL's data folder ${data} could not be made: ${made.stderr || String(made.error)}`);
};

const removeDrafts = (folder: string): void => {
  for (const draft of readdirSync(folder).filter((name) => name.startsWith('.postgres-')))
    rmSync(path.join(folder, draft), { recursive: true });
};

/** Opens the data folder's cluster, or makes one: beside its place first, so that half a one is never taken for whole. */
export const openCluster = (folder: string, binaries: Binaries, durable: boolean): Cluster => {
  const home = path.join(folder, 'postgres');
  if (existsSync(home)) return open(home);
  removeDrafts(folder);
  const { account } = binaries;
  const draft = newHome(folder, account);
  chmodSync(draft, account === null ? 0o700 : 0o711);
  const access: Access = { password: randomBytes(18).toString('hex'), readerPassword: randomBytes(18).toString('hex'), port: null };
  const data = path.join(draft, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (account !== null) chownSync(data, account.uid, account.gid);
  initdb(binaries, data, access.password, durable);
  writeAccess(draft, access);
  moveIn(draft, home);
  return open(home);
};
