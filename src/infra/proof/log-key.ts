import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { logKeyOf, type LogKey } from '../../proof/head.ts';

/** The key that signs the log's heads cannot be used; the message says which file and what to do. */
export class LogKeyUnfit extends Error {
  readonly code = 'log-key-unfit';
  constructor(file: string, why: string, cause?: unknown) {
    super(`${file} ${why}: give a PEM file with a private Ed25519 key.`, { cause });
    this.name = 'LogKeyUnfit';
  }
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const readIfThere = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new LogKeyUnfit(file, 'cannot be read', error);
  }
};

/** A link is never made over a file that is there, nor to half of one: of two programs that start at once, one wins. */
const makeKey = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(fresh, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true });
  try {
    await link(fresh, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(fresh);
  }
};

const parse = (file: string, pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new LogKeyUnfit(file, 'is not a private key', error);
  }
};

/** The key in `file`; where `make`, the first program to ask for it makes one. Throws LogKeyUnfit. */
export const readLogKey = async (file: string, { make }: { readonly make: boolean }): Promise<LogKey> => {
  const there = await readIfThere(file);
  if (there === null && make) await makeKey(file);
  const pem = there ?? (await readIfThere(file));
  if (pem === null) throw new LogKeyUnfit(file, 'is not there');
  const key = parse(file, pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new LogKeyUnfit(file, `holds a key of type ${key.asymmetricKeyType}`);
  return logKeyOf(key);
};
