import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Pool } from 'pg';
import type { Subject } from '../../../src/domain/subject.ts';
import { createUser } from '../../../src/infra/identity/users.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { erasures, type Erasures } from '../../../src/infra/privacy/erasures.ts';
import type { Destroyed, KeyStore } from '../../../src/infra/privacy/key-store.ts';
import { eraseExpired, type Retention } from '../../../src/infra/privacy/retention.ts';
import { watchErasures } from '../../../src/infra/privacy/watch-erasures.ts';
import { quiet } from '../../support/identity.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);

/** Keys and their ends in memory; `madeAt` by subject. */
const memoryKeys = () => {
  const destroyed = new Map<string, Destroyed>();
  const guests = new Map<string, Date>();
  const store: Pick<KeyStore, 'destroy' | 'destroyedSince' | 'madeBefore'> = {
    destroy: async (subjects, reason, erasedBy) =>
      subjects.map((subject) => {
        const known = destroyed.get(subject.id) ?? { ...subject, reason, erasedBy, erasedAt: NOW.toISOString() };
        destroyed.set(subject.id, known);
        return known;
      }),
    destroyedSince: async (instant) => [...destroyed.values()].filter(({ erasedAt }) => instant === null || new Date(erasedAt) >= instant),
    madeBefore: async (_kind, instant, limit) =>
      [...guests]
        .filter(([id, madeAt]) => madeAt < instant && !destroyed.has(id))
        .map(([id]) => id)
        .slice(0, limit),
  };
  return { ...store, destroyed, guests };
};

describe('Erasures', () => {
  let database: TestDatabase;
  let pool: Pool;
  let keys: ReturnType<typeof memoryKeys>;
  let told: string[];
  let forgotten: string[];
  let failing: boolean;
  let opened: Erasures;
  before(async () => {
    database = await testDatabase();
    pool = openPool(database.url, { name: 'test', max: 2, log: quiet });
  });
  after(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(() => {
    keys = memoryKeys();
    told = [];
    forgotten = [];
    failing = false;
    opened = erasures({
      pool,
      keys,
      tell: async ({ id }) => {
        if (failing) throw new Error('The log is out of reach');
        told.push(id);
      },
      forget: async (ids) => void forgotten.push(...ids),
      onErased: () => undefined,
    });
  });

  const guest = (): Subject => ({ id: randomUUID(), kind: 'guest' });
  const user = async (disabledAt: Date | null): Promise<Subject> => {
    const id = randomUUID();
    const email = `${id}@example.com`;
    await createUser(pool, {
      id,
      email,
      fullName: 'Ana',
      passwordHash: 'x',
      roles: [],
      locationIds: null,
      terminalId: null,
      createdAt: daysAgo(900),
    });
    await pool.query('update users set disabled_at = $2 where id = $1', [id, disabledAt]);
    return { id, kind: 'staff' };
  };
  const names = async (): Promise<readonly string[]> =>
    (await pool.query<{ readonly name: string }>('select full_name as name from users order by created_at')).rows.map(({ name }) => name);

  it('are told, noted and forgotten once, however often they are asked for', async () => {
    const subject = guest();
    await opened.erase([subject], 'requested', 'owner');
    await opened.erase([subject], 'unlawful', 'other');
    expect(await opened.find(subject.id)).to.include({ id: subject.id, reason: 'requested', erasedBy: 'owner', clearedAt: null });
    expect(forgotten).to.include(subject.id);
  });

  it('are finished later where they were cut off in between', async () => {
    const subject = guest();
    failing = true;
    expect(await opened.erase([subject], 'requested', 'owner').catch((error: unknown) => String(error))).to.include('out of reach');
    expect(keys.destroyed.has(subject.id)).to.equal(true);
    expect(await opened.find(subject.id)).to.equal(null);
    failing = false;
    await opened.settle(null);
    expect(told).to.deep.equal([subject.id]);
    expect(await opened.find(subject.id)).to.include({ reason: 'requested' });
    await opened.settle(null);
    expect(told).to.have.length(1);
  });

  it('are done again in a key store that was put back to an earlier state', async () => {
    const subject = guest();
    await opened.erase([subject], 'requested', 'owner');
    keys.destroyed.delete(subject.id);
    await opened.settle(null);
    expect(keys.destroyed.get(subject.id)).to.include({ reason: 'requested', erasedBy: 'owner' });
  });

  it('are seen by every process, once', async () => {
    const seen: string[] = [];
    const look = watchErasures(pool, async (ids) => void seen.push(...ids));
    await look();
    seen.length = 0;
    const subject = guest();
    await opened.erase([subject], 'requested', 'owner');
    await look();
    await look();
    expect(seen).to.deep.equal([subject.id]);
  });

  describe('of what is past its time', () => {
    const expire = (retention: Partial<Retention>): Promise<number> =>
      eraseExpired({
        pool,
        keys,
        erasures: opened,
        clock: { now: () => NOW },
        retention: { formerStaffDays: null, guestDays: null, ...retention },
      });
    beforeEach(() => pool.query('delete from users'));

    it('take former staff after their days, and nobody who still works here', async () => {
      await user(daysAgo(31));
      await user(daysAgo(29));
      await user(null);
      expect(await expire({})).to.equal(0);
      expect(await expire({ formerStaffDays: 30 })).to.equal(1);
      expect((await names()).toSorted()).to.deep.equal(['Ana', 'Ana', '[erased]']);
      expect(await expire({ formerStaffDays: 30 })).to.equal(0);
    });

    it('take guests after theirs, however many', async () => {
      for (let nth = 0; nth < 510; nth++) keys.guests.set(randomUUID(), daysAgo(8));
      keys.guests.set(randomUUID(), daysAgo(6));
      expect(await expire({ guestDays: 7 })).to.equal(510);
      expect(keys.destroyed.size).to.equal(510);
    });
  });

  it('know every column of an account: whether it is personal', async () => {
    const { rows } = await pool.query<{ readonly name: string }>(
      "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'users' order by 1",
    );
    const [erased, kept] = [
      ['email', 'full_name', 'password_hash', 'preferences'],
      [
        'id',
        'roles',
        'location_ids',
        'terminal_id',
        'disabled_at',
        'token_version',
        'created_at',
        'changed_at',
        'removed_at',
        'password_given',
      ],
    ];
    expect(rows.map(({ name }) => name)).to.deep.equal([...erased, ...kept].toSorted());
  });
});
