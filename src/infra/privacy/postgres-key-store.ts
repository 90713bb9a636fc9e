import { randomBytes } from 'node:crypto';
import { Pool, type QueryResultRow } from 'pg';
import { DependencyDown } from '../../commands/ports.ts';
import type { ErasureReason, SubjectKind } from '../../domain/subject.ts';
import { isAnswer } from '../postgres/is-answer.ts';
import type { Log } from '../postgres/log.ts';
import { outliveLoss } from '../postgres/outlive-loss.ts';
import type { DataKey, Destroyed, KeyStore, KnownSubject } from './key-store.ts';
import type { MasterKeys, WrappedKey } from './master-keys.ts';

type KeyRow = { readonly subject: string; readonly wrapped: Buffer | null; readonly wrapped_by: string | null };
type SubjectRow = {
  readonly subject: string;
  readonly kind: SubjectKind;
  readonly location_id: string | null;
  readonly destroyed_at: Date | null;
  readonly reason: ErasureReason | null;
  readonly destroyed_by: string | null;
};
type SecretRow = { readonly wrapped: Buffer; readonly wrapped_by: string };

const KEY_BYTES = 32;
const PATIENCE_MS = 5_000;
const REWRAPPED_AT_ONCE = 500;
const NAME = 'key store';

const asFailure = (error: unknown): unknown => (isAnswer(error) ? error : new DependencyDown(NAME, error));

const SUBJECT = 'select subject, kind, location_id, destroyed_at, reason, destroyed_by from public.data_keys';

const destroyedOf = ({ subject, kind, destroyed_at: at, reason, destroyed_by: by }: SubjectRow): Destroyed | null =>
  at === null || reason === null || by === null ? null : { id: subject, kind, reason, erasedBy: by, erasedAt: at.toISOString() };

const secretName = (name: string): string => `secret ${name}`;

type Options = { readonly url: string; readonly masterKeys: MasterKeys; readonly log: Log };

/** Keys in a PostgreSQL database of their own. */
export const postgresKeyStore = ({ url, masterKeys, log }: Options): KeyStore => {
  const pool = new Pool({
    connectionString: url,
    application_name: 'brigade keys',
    max: 4,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    keepAlive: true,
  });
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error }, 'An idle connection to the key store was lost');
  });

  outliveLoss(pool);

  const ask = async <Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    try {
      return (await pool.query<Row>({ name, text, values: [...values] })).rows;
    } catch (error) {
      throw asFailure(error);
    }
  };

  const unwrapped = async (rows: readonly KeyRow[]): Promise<ReadonlyMap<string, DataKey>> => {
    const keys = new Map<string, DataKey>(rows.map(({ subject }) => [subject, null]));
    const whole = rows.flatMap(({ subject, wrapped, wrapped_by: by }): readonly WrappedKey[] =>
      wrapped === null || by === null ? [] : [{ subject, wrapped, wrappedBy: by }],
    );
    const opened = whole.length === 0 ? [] : await masterKeys.unwrap(whole);
    whole.forEach(({ subject }, index) => keys.set(subject, opened[index] ?? null));
    return keys;
  };

  const read: KeyStore['read'] = async (subjectIds) =>
    unwrapped(
      await ask<KeyRow>('read-keys', 'select subject, wrapped, wrapped_by from public.data_keys where subject = any($1)', [subjectIds]),
    );

  const make: KeyStore['make'] = async (subjects, locationId) => {
    const ids = subjects.map(({ id }) => id);
    const there = await read(ids);
    // In one order, so that two programs that make the same keys at once wait for each other and not in a ring.
    const missing = subjects.filter(({ id }) => !there.has(id)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (missing.length === 0) return there;
    const fresh = new Map(missing.map(({ id }) => [id, randomBytes(KEY_BYTES)]));
    const wrapped = await Promise.all([...fresh].map(([id, key]) => masterKeys.wrap(id, key)));
    const written = await ask<{ readonly subject: string }>(
      'make-keys',
      `insert into public.data_keys (subject, kind, location_id, wrapped, wrapped_by)
       select k.subject, k.kind, $5, k.wrapped, k.wrapped_by
       from unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) as k(subject, kind, wrapped, wrapped_by)
       on conflict (subject) do nothing returning subject`,
      [
        missing.map(({ id }) => id),
        missing.map(({ kind }) => kind),
        wrapped.map((key) => key.wrapped),
        wrapped.map((key) => key.wrappedBy),
        locationId,
      ],
    );
    const ours = written.map(({ subject }): readonly [string, DataKey] => [subject, fresh.get(subject) ?? null]);
    // Of two who make one at once, one wins: what stands there counts.
    const others = missing.map(({ id }) => id).filter((id) => !written.some(({ subject }) => subject === id));
    return new Map([...there, ...ours, ...(others.length === 0 ? [] : await read(others))]);
  };

  const find = async (subjectId: string): Promise<KnownSubject | null> => {
    const [row] = await ask<SubjectRow>('find-subject', `${SUBJECT} where subject = $1`, [subjectId]);
    return row === undefined ? null : { id: row.subject, kind: row.kind, locationId: row.location_id, destroyed: destroyedOf(row) };
  };

  const destroy: KeyStore['destroy'] = async (subjects, reason, erasedBy) => {
    if (subjects.length === 0) return [];
    const ids = subjects.map(({ id }) => id);
    await ask(
      'destroy-keys',
      `insert into public.data_keys as k (subject, kind, destroyed_at, reason, destroyed_by)
       select s.subject, s.kind, now(), $3, $4 from unnest($1::text[], $2::text[]) as s(subject, kind)
       on conflict (subject) do update set wrapped = null, wrapped_by = null, destroyed_at = now(), reason = excluded.reason,
         destroyed_by = excluded.destroyed_by where k.destroyed_at is null`,
      [ids, subjects.map(({ kind }) => kind), reason, erasedBy],
    );
    // The row that was is not only no longer shown: it is taken out of the file.
    await ask('vacuum-keys', 'vacuum public.data_keys', []).catch((error: unknown) =>
      log.warn({ err: error }, 'The table of keys could not be vacuumed; PostgreSQL does it later by itself'),
    );
    const rows = await ask<SubjectRow>('find-subjects', `${SUBJECT} where subject = any($1)`, [ids]);
    return rows.map((row) => {
      const destroyed = destroyedOf(row);
      if (destroyed === null) throw new Error(`The key of ${row.subject} was to be destroyed and is still there`);
      return destroyed;
    });
  };

  const secret = async (name: string): Promise<Buffer> => {
    const kept = async (): Promise<SecretRow | undefined> =>
      (await ask<SecretRow>('read-secret', 'select wrapped, wrapped_by from public.secrets where name = $1', [name]))[0];
    const wrap = async (): Promise<SecretRow | undefined> => {
      const { wrapped, wrappedBy } = await masterKeys.wrap(secretName(name), randomBytes(KEY_BYTES));
      await ask('keep-secret', 'insert into public.secrets (name, wrapped, wrapped_by) values ($1, $2, $3) on conflict do nothing', [
        name,
        wrapped,
        wrappedBy,
      ]);
      return kept();
    };
    const row = (await kept()) ?? (await wrap());
    if (row === undefined) throw new Error(`The secret ${name} was kept and is gone`);
    const [opened] = await masterKeys.unwrap([{ subject: secretName(name), wrapped: row.wrapped, wrappedBy: row.wrapped_by }]);
    if (opened === undefined) throw new Error(`The secret ${name} was not unwrapped`);
    return opened;
  };

  const rewrapKeys = async (): Promise<number> => {
    const rows = await ask<KeyRow>(
      'keys-to-rewrap',
      'select subject, wrapped, wrapped_by from public.data_keys where wrapped is not null and wrapped_by <> $1 limit $2',
      [masterKeys.present, REWRAPPED_AT_ONCE],
    );
    for (const [subject, key] of await unwrapped(rows)) {
      if (key === null) continue;
      const { wrapped, wrappedBy } = await masterKeys.wrap(subject, key);
      await ask('rewrap-key', 'update public.data_keys set wrapped = $2, wrapped_by = $3 where subject = $1 and wrapped is not null', [
        subject,
        wrapped,
        wrappedBy,
      ]);
    }
    return rows.length;
  };

  const rewrapSecrets = async (): Promise<number> => {
    const rows = await ask<{ readonly name: string }>('secrets-to-rewrap', 'select name from public.secrets where wrapped_by <> $1', [
      masterKeys.present,
    ]);
    for (const { name } of rows) {
      const { wrapped, wrappedBy } = await masterKeys.wrap(secretName(name), await secret(name));
      await ask('rewrap-secret', 'update public.secrets set wrapped = $2, wrapped_by = $3 where name = $1', [name, wrapped, wrappedBy]);
    }
    return rows.length;
  };

  return {
    read,
    make,
    find,
    destroy,
    destroyedSince: async (instant) => {
      const rows = await ask<SubjectRow>(
        'destroyed-keys',
        `${SUBJECT} where destroyed_at is not null and ($1::timestamptz is null or destroyed_at >= $1) order by destroyed_at`,
        [instant],
      );
      return rows.flatMap((row) => destroyedOf(row) ?? []);
    },
    madeBefore: async (kind, instant, limit) => {
      const rows = await ask<{ readonly subject: string }>(
        'old-keys',
        'select subject from public.data_keys where kind = $1 and made_at < $2 and wrapped is not null order by made_at limit $3',
        [kind, instant, limit],
      );
      return rows.map(({ subject }) => subject);
    },
    secret,
    rewrap: async () => {
      let count = await rewrapSecrets();
      for (let some = await rewrapKeys(); some > 0; some = await rewrapKeys()) count += some;
      return count;
    },
    ping: () => ask('ping-keys', 'select', []),
    close: () => pool.end(),
  };
};
