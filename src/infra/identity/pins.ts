import { randomInt } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Grant, Holder } from '../../commands/roles.ts';
import { pinPermissions } from '../../commands/roles.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { Pins } from '../../http/account-ports.ts';
import type { Origin, Principal } from '../../http/ports.ts';
import type { AccountKey } from './account-key.ts';
import { inTurn, ownProvenance, ownRow, requireOwnSession } from './accounts.ts';
import type { Db } from './db.ts';
import type { PostgresIdentity } from './identity.ts';
import { lockouts, type Lockout, type Subject } from './lockouts.ts';
import type { LoginMetrics } from './login.ts';
import type { PasswordPool } from './password-pool.ts';
import type { Trail } from './security-trail.ts';
import { sessions } from './sessions.ts';

export type PinNeeds = {
  readonly db: Db;
  readonly clock: Clock;
  readonly key: Pick<AccountKey, 'pinHmac'>;
  readonly passwords: PasswordPool;
  readonly trail: Trail;
  readonly metrics: LoginMetrics;
  readonly lockout: Lockout;
  readonly secondFactorRoles: readonly string[];
  readonly tokensFor: PostgresIdentity['tokensFor'];
};

/** Whom a PIN names, with what he may do at the terminal's place. */
export type PinHolder = { readonly userId: string; readonly name: string; readonly tokenVersion: number; readonly holder: Holder };
export type Place = { readonly terminalId: string; readonly locationId: string };

type Row = {
  readonly userId: string;
  readonly name: string;
  readonly tokenVersion: number;
  readonly roles: readonly string[];
  readonly secondFactor: boolean;
  readonly grants: readonly (Grant & { readonly role: string })[] | null;
};

const DIGITS = 6;
const TRIES = 50;

/** The terminal that asks, or at which the asker signed in, and where it stands. */
export const placeOf = ({ terminalId, locationIds }: Principal): Place => {
  const [locationId] = locationIds ?? [];
  if (terminalId === null || locationId === undefined)
    throw new Rejection('terminal-required', 'A PIN is taken only by an enrolled terminal: log in with your password here.');
  return { terminalId, locationId };
};

/** Counts wrong PINs by terminal, so that nobody can try them all, nor lock a person out elsewhere. */
export const pinHolders = ({
  db,
  clock,
  key,
  trail,
  lockout,
  secondFactorRoles,
}: Omit<PinNeeds, 'passwords' | 'metrics' | 'tokensFor'>) => {
  const failures = lockouts(db, clock);
  return async (at: Principal, pin: string, commandType: string, from: Origin): Promise<PinHolder> => {
    const { terminalId, locationId } = placeOf(at);
    const subjects: readonly Subject[] = [{ kind: 'terminal', name: terminalId, lockout }];
    if ((await failures.lockedFor(subjects)) !== null)
      throw new Rejection('account-locked', 'Too many wrong PINs at this terminal: try again later.');
    const { rows } = await db.query<Row>({
      name: 'pin-holder',
      text: `select u.id as "userId", u.full_name as name, u.token_version as "tokenVersion", u.roles,
               exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as "secondFactor",
               (select json_agg(json_build_object('role', r.name, 'permissions', r.permissions, 'locationId', r.location_id))
                  from custom_roles r where r.name = any(u.roles)) as grants
             from pins p join users u on u.id = p.user_id
             where p.pin_hmac = $1 and u.disabled_at is null and (u.location_ids is null or $2 = any(u.location_ids))`,
      values: [key.pinHmac(pin), locationId],
    });
    const row = rows[0];
    if (row === undefined) {
      const provenance = ownProvenance(at, commandType, from);
      for (const { kind, seconds } of await failures.count(subjects))
        await trail({ type: 'AccountLocked', data: { userId: null, of: kind, seconds } }, provenance);
      await trail({ type: 'AccountLoginRefused', data: { userId: null, reason: 'pin-wrong' } }, provenance);
      throw new Rejection('pin-wrong', 'Nobody here has this PIN: type it again.');
    }
    await failures.forget(subjects);
    const { userId, name, tokenVersion } = row;
    const counts = (role: string): boolean => row.secondFactor || !secondFactorRoles.includes(role);
    const grants = (row.grants ?? []).filter(({ role }) => counts(role));
    const holder = { roles: row.roles.filter(counts), locationIds: [locationId], within: pinPermissions, grants };
    return { userId, name, tokenVersion, holder };
  };
};

export const pins = (needs: PinNeeds): Pins => {
  const { db, clock, key, passwords, trail, metrics, lockout, tokensFor } = needs;
  const holderOf = pinHolders(needs);
  const failures = lockouts(db, clock);
  // A person's session at a terminal has a length of its own.
  const chain = sessions(db, { lifetimeSeconds: 0, longestSeconds: null, clock });

  const keep = async (userId: string): Promise<string> => {
    for (let tries = 0; tries < TRIES; tries++) {
      const pin = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
      const { rowCount } = await db.query({
        name: 'pin-issue',
        text: `insert into pins (user_id, pin_hmac, issued_at) select $1, $2, $3 where not exists (select from pins where pin_hmac = $2)
               on conflict (user_id) do update set pin_hmac = excluded.pin_hmac, issued_at = excluded.issued_at`,
        values: [userId, key.pinHmac(pin), clock.now()],
      });
      if (rowCount === 1) return pin;
    }
    throw new Error('No PIN is free');
  };

  return {
    issueOwn: async (principal, password, from) => {
      requireOwnSession(principal);
      const { passwordHash } = await ownRow(db, principal.userId);
      const subjects: readonly Subject[] = [{ kind: 'account', name: `pin of ${principal.userId}`, lockout }];
      await inTurn(passwords, async () => {
        if ((await failures.lockedFor(subjects)) !== null)
          throw new Rejection('account-locked', 'Too many wrong passwords: try again later.');
        if (await passwords.matches(passwordHash, password)) return;
        await failures.count(subjects);
        throw new Rejection('password-wrong', 'The password is wrong: type it again.');
      });
      await trail({ type: 'AccountPinIssued', data: { userId: principal.userId } }, ownProvenance(principal, 'IssuePin', from));
      return keep(principal.userId);
    },

    signIn: async (terminal, pin, from) => {
      if (!terminal.roles.includes('terminal') || terminal.within !== undefined)
        throw new Rejection('terminal-required', 'A PIN is taken only by an enrolled terminal: log in with your password here.');
      const at = placeOf(terminal);
      const person = await holderOf(terminal, pin, 'SignInWithPin', from).catch((error: unknown) => {
        if (error instanceof Rejection) metrics.loginAttempted(error.code === 'pin-wrong' ? 'pin-wrong' : 'account-locked');
        throw error;
      });
      metrics.loginAttempted('success');
      const session = await chain.open({ userId: person.userId, method: 'pin', at });
      const data = { userId: person.userId, sessionId: session.sessionId, method: 'pin' } as const;
      const actor = { userId: person.userId, roles: person.holder.roles, terminalId: at.terminalId };
      await trail({ type: 'AccountLoggedIn', data }, { ...ownProvenance(terminal, 'SignInWithPin', from), actor });
      return tokensFor(person, session);
    },
  };
};
