import type { Pool } from 'pg';

type Row = { readonly subject: string | null; readonly now: Date };

// Half a minute back each time: a note is stamped before it is committed.
const SINCE = `
  select now() as now, e.subject from (select) as always
  left join public.erasures e on e.noted_at > coalesce($1::timestamptz, now()) - interval '30 seconds'`;

/** Tells of each erasure that any process notes, once; call what it gives each second. */
export const watchErasures = (pool: Pool, onErased: (subjectIds: readonly string[]) => Promise<void>): (() => Promise<void>) => {
  let asked: Date | null = null;
  let told = new Set<string>();
  return async () => {
    const { rows } = await pool.query<Row>({ name: 'recent-erasures', text: SINCE, values: [asked] });
    const recent = new Set(rows.flatMap(({ subject }) => subject ?? []));
    const fresh = [...recent].filter((subject) => !told.has(subject));
    if (fresh.length > 0) await onErased(fresh);
    told = recent;
    asked = rows[0]?.now ?? asked;
  };
};
