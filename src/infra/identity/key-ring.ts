import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../commands/ports.ts';
import { madeOnce } from './made-once.ts';
import { freshKey, SigningKeyUnfit, signingKeyFrom, tokenAlgorithms, type SigningKey, type TokenAlgorithm } from './signing-key.ts';

export type KeyRing = {
  /** The one that signs now. */
  readonly signer: () => SigningKey;
  /** Undefined: none of ours, or none that is believed any more. */
  readonly named: (kid: string) => SigningKey | undefined;
  readonly all: () => readonly SigningKey[];
  /** Reads what other programs made, makes a key when one is due, and forgets those whose tokens have all ended. */
  readonly refresh: () => Promise<void>;
};

export type KeyRingOptions = {
  /** Signs; null: the keys are ours, in `folder`, and change by themselves. */
  readonly file: string | null;
  /** Believed beside `file`, until their tokens have ended. */
  readonly formerFiles: readonly string[];
  readonly folder: string;
  readonly algorithm: TokenAlgorithm;
  readonly clock: Clock;
  readonly rotationSeconds: number;
  readonly tokenSeconds: number;
};

/** A key is published this long before it signs: whoever checks our tokens keeps the key set for five minutes. */
const PUBLISHED_SECONDS = 600;
/** Between the clocks of the machines that share a folder. */
const MARGIN_SECONDS = 3600;

/** `born`: seconds since 1970. */
type Kept = { readonly key: SigningKey; readonly path: string; readonly born: number };

export const keyRing = async (options: KeyRingOptions): Promise<KeyRing> => {
  const { file, clock } = options;
  let kept: readonly Kept[] = file === null ? [] : await givenKeys({ ...options, file });
  const now = (): number => Math.floor(clock.now().getTime() / 1000);

  const refresh = async (): Promise<void> => {
    if (file !== null) return;
    const known = new Map(kept.map((one) => [one.path, one]));
    const found = await ownKeys(options.folder, known);
    const newest = found.at(-1);
    const due = newest === undefined || newest.key.algorithm !== options.algorithm || newest.born + options.rotationSeconds <= now();
    if (due) await makeKey(options, newest === undefined ? null : now());
    const all = due ? await ownKeys(options.folder, known) : found;
    const over = all.filter((_, nth) => endOf(all, nth, options.tokenSeconds) <= now());
    for (const { path } of over) await rm(path, { force: true });
    kept = all.filter((one) => !over.includes(one));
  };

  await refresh();
  return {
    // The one given, or the newest that was published long enough; a first key has nobody to wait for.
    signer: () => {
      const ready = kept.filter(({ born }, nth) => nth === 0 || born + PUBLISHED_SECONDS <= now());
      const key = (file === null ? ready.at(-1) : kept[0])?.key;
      if (key === undefined) throw new Error('There is no key to sign with');
      return key;
    },
    named: (kid) => kept.find(({ key }) => key.kid === kid)?.key,
    all: () => kept.map(({ key }) => key),
    refresh,
  };
};

/** When the last token of a key has ended: some time after the next key began to sign. */
const endOf = (all: readonly Kept[], nth: number, tokenSeconds: number): number => {
  const next = all[nth + 1];
  return next === undefined ? Number.POSITIVE_INFINITY : next.born + PUBLISHED_SECONDS + tokenSeconds + MARGIN_SECONDS;
};

const FIRST = 'access-tokens';
const NAME = /^access-tokens(?:-(\d{1,12}))?(?:\.(PS256|EdDSA|RS256))?\.pem$/;

const makeKey = async ({ folder, algorithm }: KeyRingOptions, born: number | null): Promise<void> => {
  const name = [born === null ? FIRST : `${FIRST}-${born}`, ...(algorithm === 'RS256' ? [] : [algorithm]), 'pem'].join('.');
  await madeOnce(join(folder, name), () => freshKey(algorithm));
};

/** Oldest first. */
const ownKeys = async (folder: string, known: ReadonlyMap<string, Kept>): Promise<readonly Kept[]> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const kept = await Promise.all(
    names.flatMap((name) => {
      const [match, seconds, algorithm = 'RS256'] = NAME.exec(name) ?? [];
      const path = join(folder, name);
      return match === undefined ? [] : [Promise.resolve(known.get(path) ?? ownKey(path, seconds, algorithm as TokenAlgorithm))];
    }),
  );
  return kept.toSorted(
    (a, b) =>
      a.born - b.born || Number(a.path.includes(`${FIRST}-`)) - Number(b.path.includes(`${FIRST}-`)) || a.path.localeCompare(b.path),
  );
};

const ownKey = async (path: string, seconds: string | undefined, algorithm: TokenAlgorithm): Promise<Kept> => {
  const born = seconds === undefined ? Math.floor((await stat(path)).mtimeMs / 1000) : Number(seconds);
  return { key: await signingKeyFrom(path, await readFile(path, 'utf8'), algorithm), path, born };
};

const givenKeys = async ({ file, formerFiles, algorithm }: KeyRingOptions & { readonly file: string }): Promise<readonly Kept[]> => {
  const former = await Promise.all(
    formerFiles.map((path) =>
      givenKey(
        path,
        tokenAlgorithms.toSorted((a, b) => rank(a, algorithm) - rank(b, algorithm)),
      ),
    ),
  );
  return [await givenKey(file, [algorithm]), ...former];
};

const rank = (one: TokenAlgorithm, first: TokenAlgorithm): number => (one === first ? 0 : 1);

/** With the first of the algorithms that its type of key can sign. */
const givenKey = async (path: string, algorithms: readonly TokenAlgorithm[]): Promise<Kept> => {
  const pem = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SigningKeyUnfit(path, 'cannot be read', error);
  });
  const [first = 'RS256', ...others] = algorithms;
  const key = await signingKeyFrom(path, pem, first).catch((error: unknown) => {
    if (others.length === 0) throw error;
    return givenKey(path, others).then((kept) => kept.key);
  });
  return { key, path, born: 0 };
};
