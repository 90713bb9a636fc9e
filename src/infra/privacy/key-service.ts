import { readFile } from 'node:fs/promises';
import { DependencyDown } from '../../commands/ports.ts';
import { MasterKeyUnfit, type MasterKeys, type WrappedKey } from './master-keys.ts';

/** `url` is the mount, as https://vault:8200/v1/transit; `tokenFile` is read anew for each request, since agents renew it. */
export type KeyServiceOptions = { readonly url: string; readonly keyName: string; readonly tokenFile: string | null };

type Encrypted = { readonly data?: { readonly ciphertext?: string } };
type Decrypted = { readonly data?: { readonly batch_results?: readonly { readonly plaintext?: string; readonly error?: string }[] } };

const ANSWER_MS = 5_000;
const AT_ONCE = 250;
const NAME = 'key service';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A key service in the manner of Vault's transit engine: master keys never leave it, and it rotates them itself. */
export const keyService = ({ url, keyName, tokenFile }: KeyServiceOptions): MasterKeys => {
  const ask = async <T>(verb: 'encrypt' | 'decrypt', body: object): Promise<T> => {
    const token = tokenFile === null ? null : (await readFile(tokenFile, 'utf8')).trim();
    const answer = await fetch(`${url.replace(/\/$/, '')}/${verb}/${encodeURIComponent(keyName)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { 'x-vault-token': token }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch((error: unknown) => {
      throw new DependencyDown(NAME, error);
    });
    // It says 400 of a key or a text that is not its own, and anything else for reasons that may pass.
    if (answer.status === 400)
      throw new MasterKeyUnfit(`The key service does not know key ${keyName}, or not as what wrapped our data keys`);
    if (!answer.ok) throw new DependencyDown(NAME, new Error(`It answered ${answer.status}`));
    return answer.json() as Promise<T>;
  };

  const unwrapSome = async (keys: readonly WrappedKey[]): Promise<readonly Buffer[]> => {
    const { data } = await ask<Decrypted>('decrypt', {
      batch_input: keys.map(({ subject, wrapped }) => ({ ciphertext: wrapped.toString('utf8'), associated_data: base64(subject) })),
    });
    return keys.map(({ subject }, index) => {
      const plaintext = data?.batch_results?.[index]?.plaintext;
      if (plaintext === undefined) throw new MasterKeyUnfit(`The key service cannot open the data key of ${subject}`);
      return Buffer.from(plaintext, 'base64');
    });
  };

  const present = `${NAME} ${keyName}`;
  return {
    present,
    wrap: async (subject, key) => {
      const { data } = await ask<Encrypted>('encrypt', { plaintext: key.toString('base64'), associated_data: base64(subject) });
      if (data?.ciphertext === undefined) throw new DependencyDown(NAME, new Error('It answered without a ciphertext'));
      return { subject, wrapped: Buffer.from(data.ciphertext, 'utf8'), wrappedBy: present };
    },
    unwrap: async (keys) => {
      const opened: Buffer[] = [];
      for (let from = 0; from < keys.length; from += AT_ONCE) opened.push(...(await unwrapSome(keys.slice(from, from + AT_ONCE))));
      return opened;
    },
  };
};
