import type { ErasureReason, Subject, SubjectKind } from '../../domain/subject.ts';

/** Null: it was destroyed, and so is all that was sealed with it. */
export type DataKey = Buffer | null;

/** That a key was destroyed, by whom and why: kept for ever, so that none is ever made anew for the subject. */
export type Destroyed = Subject & { readonly reason: ErasureReason; readonly erasedBy: string; readonly erasedAt: string };

export type KnownSubject = Subject & { readonly locationId: string | null; readonly destroyed: Destroyed | null };

/** Data keys by subject, wrapped by a master key, outside the log's database. All throw `DependencyDown` where it cannot be asked. */
export type KeyStore = {
  /** Subjects that never had a key are left out. */
  readonly read: (subjectIds: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>;
  /** As `read`, and makes a key for whoever never had one. */
  readonly make: (subjects: readonly Subject[], locationId: string | null) => Promise<ReadonlyMap<string, DataKey>>;
  readonly find: (subjectId: string) => Promise<KnownSubject | null>;
  /** Once destroyed a key stays so; answers the first time's. */
  readonly destroy: (subjects: readonly Subject[], reason: ErasureReason, erasedBy: string) => Promise<readonly Destroyed[]>;
  /** Since an instant; null: ever. */
  readonly destroyedSince: (instant: Date | null) => Promise<readonly Destroyed[]>;
  /** Subjects with a key that was made before an instant, the oldest first. */
  readonly madeBefore: (kind: SubjectKind, instant: Date, limit: number) => Promise<readonly string[]>;
  /** A random secret of ours, made when it is first asked for. */
  readonly secret: (name: string) => Promise<Buffer>;
  /** Wraps anew, with the present master key, what another wrapped. Answers how many keys. */
  readonly rewrap: () => Promise<number>;
  readonly ping: () => Promise<unknown>;
  readonly close: () => Promise<void>;
};
