import type { Log } from './log.ts';

type Connection = {
  readonly query: (sql: string) => Promise<{ readonly rows: readonly { readonly name: string; readonly setting: string }[] }>;
};

/** The database may lose what it said it kept. */
export class DatabaseNotDurable extends Error {
  readonly code = 'database-not-durable';
  readonly settings: readonly string[];
  constructor(settings: readonly string[]) {
    super(
      `The database may lose committed orders when its machine fails: ${settings.join(', ')} must be on. Turn it on, or set APP_DATABASE__ALLOW_UNSAFE=true for a test.`,
    );
    this.name = 'DatabaseNotDurable';
    this.settings = settings;
  }
}

/** Throws DatabaseNotDurable unless commits survive a crash of the machine; a test may say that it does not mind. */
export const requireDurable = async (
  connection: Connection,
  { allowUnsafe, log }: { readonly allowUnsafe: boolean; readonly log: Log },
): Promise<void> => {
  const { rows } = await connection.query(
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off' order by name",
  );
  if (rows.length === 0) return;
  const settings = rows.map(({ name }) => name);
  if (!allowUnsafe) throw new DatabaseNotDurable(settings);
  log.warn({ settings }, 'The database is not durable; allowed because APP_DATABASE__ALLOW_UNSAFE is set');
};
