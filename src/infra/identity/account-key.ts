import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { madeOnce } from './made-once.ts';

/** Keeps what the database alone must not give away. */
export type AccountKey = {
  /** AES-256-GCM; `owner` is bound to it, so that nobody's secret can be put in another's place. */
  readonly seal: (secret: Buffer, owner: string) => Buffer;
  readonly open: (sealed: Buffer, owner: string) => Buffer;
  /** A PIN has too few digits for any hash: without this key it cannot be guessed from what is kept. */
  readonly pinHmac: (pin: string) => Buffer;
};

/** The key cannot be used; the message says which file and what to do. */
export class AccountKeyUnfit extends Error {
  readonly code = 'account-key-unfit';
  constructor(file: string, cause?: unknown) {
    super(`${file} holds no key: give a file with 32 random bytes in base64, as from \`openssl rand -base64 32\`.`, { cause });
    this.name = 'AccountKeyUnfit';
  }
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Reads `file` where one is given; otherwise the key in `folder`, which the first program to start there makes. */
export const accountKey = async ({ file, folder }: { readonly file: string | null; readonly folder: string }): Promise<AccountKey> => {
  const path = file ?? join(folder, 'accounts.key');
  const make = async (): Promise<string> => `${randomBytes(KEY_BYTES).toString('base64')}\n`;
  const given = (cause: unknown): never => {
    throw new AccountKeyUnfit(path, cause);
  };
  const text = file === null ? await madeOnce(path, make) : await readFile(file, 'utf8').catch(given);
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new AccountKeyUnfit(path);
  return accountKeyFrom(key);
};

const accountKeyFrom = (key: Buffer): AccountKey => {
  const derived = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES));
  const sealing = derived('brigade second factors');
  const pins = derived('brigade pins');
  return {
    seal: (secret, owner) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing, iv).setAAD(Buffer.from(owner));
      return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, owner) => {
      const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    },
    pinHmac: (pin) => createHmac('sha256', pins).update(pin).digest(),
  };
};
