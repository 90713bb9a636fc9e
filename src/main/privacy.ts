import { DependencyDown } from '../commands/ports.ts';
import { commandNamed } from '../commands/registry.ts';
import type { Erasure, KnownPerson, Privacy } from '../http/ports.ts';
import { boundedQueue, QueueFull } from '../infra/identity/bounded-queue.ts';
import { reachable } from '../infra/identity/db.ts';
import { asOnlyOne, pause } from '../infra/policies/only-one.ts';
import { erasures, type Erasures, type Noted } from '../infra/privacy/erasures.ts';
import type { Destroyed } from '../infra/privacy/key-store.ts';
import { personalData } from '../infra/privacy/personal-data.ts';
import { eraseExpired } from '../infra/privacy/retention.ts';
import { watchErasures } from '../infra/privacy/watch-erasures.ts';
import { repeat } from './repeat.ts';
import type { System } from './system.ts';

const LOOK_EVERY_MS = 1_000;
const SETTLE_EVERY_MS = 60_000;
const WAITING_EXPORTS = 8;

/** Says in the log that somebody was erased; said again it has no effect. */
const teller = ({ execute, newId }: System): ((destroyed: Destroyed) => Promise<void>) => {
  const definition = commandNamed('EraseSubject');
  if (definition === undefined) throw new Error('The registry has no command EraseSubject');
  return async ({ id: subjectId, kind, reason, erasedBy }) => {
    await execute(
      definition,
      { subjectId, kind, reason, erasedBy },
      {
        actor: { userId: 'system:privacy', roles: ['system'], terminalId: null },
        actorName: 'system',
        locationIds: null,
        key: null,
        ifMatch: null,
        occurredAt: null,
        correlationId: newId(),
        causationId: null,
        traceParent: null,
      },
    );
  };
};

/** Erasures, seen to by this process and seen by it when another does. What was left undone before is done first. */
export const openErasures = async (system: System): Promise<Erasures> => {
  const { pool, keys, forget, metrics, closing, log } = system;
  const opened = erasures({ pool, keys: keys.store, tell: teller(system), forget, onErased: metrics.subjectErased });
  const watch = watchErasures(pool, forget);
  await watch();
  closing.add('erasures', repeat(watch, { name: 'watching erasures', everyMs: LOOK_EVERY_MS, log }));
  await opened.settle(null);
  return opened;
};

/** In one process at a time: keys under a former master key are wrapped anew, erasures left halfway finished, and what is past its time erased. */
export const startKeepingPrivacy = ({ ownerUrl, pool, keys, clock, config, log, closing }: System, opened: Erasures): void => {
  const stopping = new AbortController();
  const { formerStaffDays, guestDays } = config.privacy;
  const kept = asOnlyOne(
    async (_session, held) => {
      const rewrapped = await keys.store.rewrap();
      if (rewrapped > 0) log.info({ keys: rewrapped }, 'Keys were wrapped with the present master key');
      for (let since: Date | null = null; ; await pause(SETTLE_EVERY_MS, held)) {
        const now = clock.now();
        await opened.settle(since);
        // Clocks differ, and an erasure may be under way.
        since = new Date(now.getTime() - 10 * SETTLE_EVERY_MS);
        const erased = await eraseExpired({
          pool,
          keys: keys.store,
          erasures: opened,
          clock,
          retention: { formerStaffDays, guestDays },
        });
        if (erased > 0) log.info({ erased }, 'Personal data were erased whose time was over');
      }
    },
    { ownerUrl, name: 'privacy', log },
    stopping.signal,
  );
  closing.add('keeping of privacy', () => {
    stopping.abort();
    return kept;
  });
};

const erasureOf = ({ id: subjectId, kind, reason, erasedBy, erasedAt, clearedAt }: Noted): Erasure => ({
  subjectId,
  kind,
  reason,
  erasedBy,
  erasedAt,
  clearedAt,
});

type UserRow = { readonly roles: readonly string[]; readonly locationIds: readonly string[] | null };
const USER = 'select roles, location_ids as "locationIds" from public.users where id = $1';

export const privacyOf = ({ pool, keys, sealedStore }: System, opened: Erasures): Privacy => {
  const db = reachable(pool);
  // Each reads the whole log.
  const inTurn = boundedQueue(1, WAITING_EXPORTS);
  const person = async (subjectId: string): Promise<KnownPerson | null> => {
    const { rows } = await db.query<UserRow>({ name: 'erasable-user', text: USER, values: [subjectId] });
    if (rows[0] !== undefined) return { kind: 'staff', ...rows[0] };
    const known = await keys.store.find(subjectId);
    return known === null ? null : { kind: known.kind, roles: [], locationIds: known.locationId === null ? null : [known.locationId] };
  };
  const erasure = async (subjectId: string): Promise<Erasure | null> => {
    const noted = await opened.find(subjectId);
    return noted === null ? null : erasureOf(noted);
  };
  return {
    person,
    erasure,
    erase: async (subject, reason, erasedBy) => {
      await opened.erase([subject], reason, erasedBy);
      const done = await erasure(subject.id);
      if (done === null) throw new Error(`The erasure of ${subject.id} was noted and is gone`);
      return done;
    },
    dataOf: (subjectId) =>
      inTurn(() => personalData({ pool, sealedStore, keys: keys.ring }, subjectId)).catch((error: unknown) => {
        throw error instanceof QueueFull ? new DependencyDown('export of personal data', error) : error;
      }),
  };
};
