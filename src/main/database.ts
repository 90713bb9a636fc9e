import { mkdirSync } from 'node:fs';
import type { Config } from '../infra/config.ts';
import { startEmbedded } from '../infra/postgres/embedded.ts';
import type { Log } from '../http/ports.ts';

export type Database = {
  /** The owner's. */
  readonly url: string;
  /** For people who read; null where the database is not ours to name one. */
  readonly readerUrl: string | null;
  /** Settles when the database is gone for good: with the reason, or null where we stopped it. */
  readonly lost: Promise<Error | null>;
  readonly stop: () => Promise<void>;
};

const never = new Promise<null>(() => undefined);

/** The database that is configured; the embedded one is started. */
export const openDatabase = async ({ data, database }: Config, log: Log): Promise<Database> => {
  if (database.url === null) return startEmbedded({ folder: data.dir, durable: !database.allowUnsafe, log });
  mkdirSync(data.dir, { recursive: true, mode: 0o700 });
  return { url: database.url, readerUrl: null, lost: never, stop: () => Promise.resolve() };
};
