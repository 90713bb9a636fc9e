import { join } from 'node:path';
import type { Pool } from 'pg';
import type { EventStore } from '../../src/commands/ports.ts';
import { postgresEventStore } from '../../src/infra/event-store/postgres/event-store.ts';
import { fileMasterKeys } from '../../src/infra/privacy/file-master-keys.ts';
import { keyring } from '../../src/infra/privacy/keyring.ts';
import { keysUrlBeside } from '../../src/infra/privacy/keys-database.ts';
import { postgresKeyStore } from '../../src/infra/privacy/postgres-key-store.ts';
import { sealedEventStore } from '../../src/infra/privacy/sealed-event-store.ts';
import { quiet } from './identity.ts';

type Program = {
  readonly pool: Pool;
  readonly url: string;
  /** Its data folder. */ readonly folder: string;
};

/** The log of a program that runs, with its keys. */
export const openedStore = async ({ pool, url, folder }: Program): Promise<EventStore> => {
  const masterKeys = await fileMasterKeys(join(folder, 'keys', 'master-keys'), { make: false });
  const keys = postgresKeyStore({ url: keysUrlBeside(url), masterKeys, log: quiet });
  const store = postgresEventStore({ pool, url, log: quiet });
  return {
    ...sealedEventStore({
      store,
      keys: keyring({ store: keys, now: () => performance.now() }),
      log: quiet,
      metrics: { sealed: () => undefined, unreadable: () => undefined },
    }),
    close: async () => {
      await store.close();
      await keys.close();
    },
  };
};
