import type { Pool } from 'pg';
import type { ErasureReason, Subject, SubjectKind } from '../../domain/subject.ts';
import { reachable } from '../identity/db.ts';
import { eraseAccount } from './erase-account.ts';
import type { Destroyed, KeyStore } from './key-store.ts';

/** An erasure as this database knows it; `clearedAt` null: some read model may still have something of it. */
export type Noted = Destroyed & { readonly clearedAt: string | null };

export type Erasures = {
  /** Destroys keys first, and then sees to all that was in the clear. May be done again: nothing is done twice. */
  readonly erase: (subjects: readonly Subject[], reason: ErasureReason, erasedBy: string) => Promise<void>;
  /**
   * Brings log, accounts and key store to the same: after a restore of one of them, or a crash in between. `since` null: all that
   * was ever erased is looked at.
   */
  readonly settle: (since: Date | null) => Promise<void>;
  readonly find: (subjectId: string) => Promise<Noted | null>;
};

type Needs = {
  readonly pool: Pool;
  readonly keys: Pick<KeyStore, 'destroy' | 'destroyedSince'>;
  /** Says in the log that it was done. */
  readonly tell: (destroyed: Destroyed) => Promise<void>;
  readonly forget: (subjectIds: readonly string[]) => Promise<void>;
  readonly onErased: (kind: SubjectKind) => void;
};

type Row = {
  readonly subject: string;
  readonly kind: SubjectKind;
  readonly reason: ErasureReason;
  readonly erased_by: string;
  readonly erased_at: Date;
  readonly cleared_at: Date | null;
};

const ALL = 'select subject, kind, reason, erased_by, erased_at, cleared_at from public.erasures';
const NOTE = `insert into public.erasures (subject, kind, reason, erased_by, erased_at) values ($1, $2, $3, $4, $5) on conflict do nothing`;

const notedOf = ({ subject, kind, reason, erased_by: by, erased_at: at, cleared_at: cleared }: Row): Noted => ({
  id: subject,
  kind,
  reason,
  erasedBy: by,
  erasedAt: at.toISOString(),
  clearedAt: cleared?.toISOString() ?? null,
});

export const erasures = ({ pool, keys, tell, forget, onErased }: Needs): Erasures => {
  const db = reachable(pool);

  /** Noted last: what has no note is seen to again. */
  const seeTo = async (destroyed: Destroyed): Promise<void> => {
    const { id, kind, reason, erasedBy, erasedAt } = destroyed;
    if (kind === 'staff') await eraseAccount(db, id);
    await tell(destroyed);
    const { rowCount } = await db.query({ name: 'note-erasure', text: NOTE, values: [id, kind, reason, erasedBy, erasedAt] });
    if (rowCount === 1) onErased(kind);
  };

  const erase: Erasures['erase'] = async (subjects, reason, erasedBy) => {
    const all = await keys.destroy(subjects, reason, erasedBy);
    await forget(all.map(({ id }) => id));
    for (const destroyed of all) await seeTo(destroyed);
  };

  const noted = async (subjectIds: readonly string[] | null): Promise<readonly Noted[]> => {
    const { rows } = await db.query<Row>({ text: `${ALL} where $1::text[] is null or subject = any($1)`, values: [subjectIds] });
    return rows.map(notedOf);
  };

  return {
    erase,
    find: async (subjectId) => (await noted([subjectId]))[0] ?? null,
    settle: async (since) => {
      const destroyed = await keys.destroyedSince(since);
      const here = await noted(since === null ? null : destroyed.map(({ id }) => id));
      const known = new Set(here.map(({ id }) => id));
      for (const one of destroyed) if (!known.has(one.id)) await seeTo(one);
      if (since !== null) return;
      const gone = new Set(destroyed.map(({ id }) => id));
      for (const { id, kind, reason, erasedBy } of here) if (!gone.has(id)) await keys.destroy([{ id, kind }], reason, erasedBy);
    },
  };
};
