import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MasterKeyUnfit, type MasterKeys, type WrappedKey } from './master-keys.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const readIfThere = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new MasterKeyUnfit(`${file} cannot be read`, error);
  }
};

/** A line for the file. */
export const newMasterKey = (): string => `${randomUUID()} ${randomBytes(KEY_BYTES).toString('base64')}\n`;

/** A link is never made over a file that is there, nor to half of one: of two programs that start at once, one wins. */
const makeFile = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  await writeFile(fresh, newMasterKey(), { mode: 0o600, flush: true });
  try {
    await link(fresh, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(fresh);
  }
};

const parse = (file: string, text: string): ReadonlyMap<string, Buffer> => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const keys = new Map<string, Buffer>();
  for (const line of lines) {
    const [, id, encoded] = /^([\w.-]{1,100}) ([\w+/]{43}=)$/.exec(line.trim()) ?? [];
    if (id === undefined || encoded === undefined || keys.has(id))
      throw new MasterKeyUnfit(`${file} must have lines with an id of its own and 32 bytes in base64, as \`2026 ${'A'.repeat(8)}…=\``);
    keys.set(id, Buffer.from(encoded, 'base64'));
  }
  if (keys.size === 0) throw new MasterKeyUnfit(`${file} is empty`);
  return keys;
};

const boundTo = (subject: string): Buffer => Buffer.from(`brigade data key of ${subject}`);

const wrapWith = (master: Buffer, subject: string, key: Buffer): Buffer => {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, master, iv, { authTagLength: TAG_BYTES }).setAAD(boundTo(subject));
  return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
};

const unwrapWith = (master: Buffer, { subject, wrapped, wrappedBy }: WrappedKey): Buffer => {
  try {
    const decipher = createDecipheriv(CIPHER, master, wrapped.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(boundTo(subject))
      .setAuthTag(wrapped.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new MasterKeyUnfit(`The data key of ${subject} is not wrapped with master key ${wrappedBy} as we have it`, error);
  }
};

/** The keys in `file`, the first of which wraps; where `make`, the first program to ask for the file makes it. */
export const fileMasterKeys = async (file: string, { make }: { readonly make: boolean }): Promise<MasterKeys> => {
  const there = await readIfThere(file);
  if (there === null && make) await makeFile(file);
  const text = there ?? (await readIfThere(file));
  if (text === null) throw new MasterKeyUnfit(`${file} is not there`);
  const keys = parse(file, text);
  const masterOf = (id: string): Buffer => {
    const master = keys.get(id);
    if (master === undefined) throw new MasterKeyUnfit(`Data keys are wrapped with master key ${id}, which is not in ${file}: put it back`);
    return master;
  };
  const [present = ''] = keys.keys();
  return {
    present,
    wrap: async (subject, key) => ({ subject, wrapped: wrapWith(masterOf(present), subject, key), wrappedBy: present }),
    unwrap: async (wrapped) => wrapped.map((key) => unwrapWith(masterOf(key.wrappedBy), key)),
  };
};
