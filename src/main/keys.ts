import { createHmac, createSecretKey } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../infra/config.ts';
import type { Log } from '../http/ports.ts';
import { fileMasterKeys } from '../infra/privacy/file-master-keys.ts';
import { keyService } from '../infra/privacy/key-service.ts';
import type { KeyStore } from '../infra/privacy/key-store.ts';
import { keyring, type Keyring } from '../infra/privacy/keyring.ts';
import { openKeysDatabase } from '../infra/privacy/keys-database.ts';
import type { MasterKeys } from '../infra/privacy/master-keys.ts';
import { postgresKeyStore } from '../infra/privacy/postgres-key-store.ts';
import type { Closing } from './closing.ts';

export type Keys = {
  readonly store: KeyStore;
  readonly ring: Keyring;
  /** Of receipts: the same for one text in all processes, and for ever. */
  readonly fingerprint: (text: string) => string;
};

const masterKeys = ({ data, privacy }: Config): Promise<MasterKeys> => {
  const { keyServiceUrl: url, keyServiceKey: keyName, keyServiceTokenFile: tokenFile, masterKeyFile } = privacy;
  if (url !== null) return Promise.resolve(keyService({ url, keyName, tokenFile }));
  return fileMasterKeys(masterKeyFile ?? join(data.dir, 'keys', 'master-keys'), { make: masterKeyFile === null });
};

/** The store of the data keys, in a database of its own that is made where there is none. */
const openKeyStore = async (config: Config, databaseUrl: string, log: Log): Promise<KeyStore> =>
  postgresKeyStore({ url: await openKeysDatabase(config.privacy.keysUrl, databaseUrl), masterKeys: await masterKeys(config), log });

type Needs = { readonly config: Config; readonly databaseUrl: string; readonly log: Log; readonly closing: Closing };

/** Throws MasterKeyUnfit where the data keys are wrapped with a master key that is not ours. */
export const openKeys = async ({ config, databaseUrl, log, closing }: Needs): Promise<Keys> => {
  const store = await openKeyStore(config, databaseUrl, log);
  closing.add('key store', store.close);
  const secret = createSecretKey(await store.secret('fingerprints'));
  return {
    store,
    ring: keyring({ store, now: () => performance.now() }),
    fingerprint: (text) => createHmac('sha256', secret).update(text).digest('base64url'),
  };
};

export const withKeyStore = async <T>(config: Config, databaseUrl: string, log: Log, work: (store: KeyStore) => Promise<T>): Promise<T> => {
  const store = await openKeyStore(config, databaseUrl, log);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};
