import { escapeIdentifier, type Client } from 'pg';
import { JOBS_SCHEMA } from '../jobs/migrate.ts';
import type { Table } from './format.ts';

/**
 * What a backup holds, in an order in which it can be read back. Not in it: read models and snapshots, which are made from the log;
 * sessions and tickets, so that everyone logs in anew; keys, which are kept apart.
 */
const LOG = ['public.log_head', 'public.streams', 'public.events', 'public.receipts', 'public.signed_heads'];
const EFFECTS = ['public.policy_checkpoints', 'public.policy_refusals', 'public.outbox', 'public.head_deliveries'];
const PEOPLE = ['public.users', 'public.custom_roles', 'public.second_factors', 'public.recovery_codes', 'public.pins'];
/** Jobs in the database's queues; those in Redis are Redis's to keep. */
const JOBS = ['meta', 'job', 'job_log', 'job_dependency', 'dedup'].map((name) => `${JOBS_SCHEMA}.${name}`);

const TABLES: readonly string[] = [...LOG, ...EFFECTS, ...PEOPLE, ...JOBS];

/** Where there must be nothing yet. */
export const MUST_BE_EMPTY: readonly string[] = [...LOG.filter((table) => table !== 'public.log_head'), ...EFFECTS, ...PEOPLE];

const COLUMNS = `
  select format('%s.%s', n.nspname, c.relname) as table, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relkind in ('r', 'p') and format('%s.%s', n.nspname, c.relname) = any($1)
  group by 1`;

/** Those of a backup's tables that this database has. */
export const tablesIn = async (client: Client): Promise<readonly Table[]> => {
  const { rows } = await client.query<Table>(COLUMNS, [TABLES]);
  return rows.toSorted((a, b) => TABLES.indexOf(a.table) - TABLES.indexOf(b.table));
};

export const quoted = (table: string): string => table.split('.').map(escapeIdentifier).join('.');
export const columnList = ({ columns }: Table): string => columns.map(escapeIdentifier).join(', ');
