import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { accountKey } from '../infra/identity/account-key.ts';
import { commands } from '../commands/registry.ts';
import { routePermissions } from '../commands/roles.ts';
import { queries } from '../queries/registry.ts';
import { accounts } from '../infra/identity/accounts.ts';
import { administration } from '../infra/identity/administration.ts';
import { customRoles } from '../infra/identity/custom-roles.ts';
import { reachable } from '../infra/identity/db.ts';
import { postgresIdentity } from '../infra/identity/identity.ts';
import { keepFresh } from '../infra/identity/keep-fresh.ts';
import { liveTickets } from '../infra/identity/live-tickets.ts';
import { passwordPool } from '../infra/identity/password-pool.ts';
import { passwordResets } from '../infra/identity/password-resets.ts';
import { breachedPasswords } from '../infra/identity/breached-passwords.ts';
import { approvals } from '../infra/identity/approvals.ts';
import { pins } from '../infra/identity/pins.ts';
import { terminals } from '../infra/identity/terminals.ts';
import { secondFactorSetup } from '../infra/identity/second-factor-setup.ts';
import { secondFactors } from '../infra/identity/second-factors.ts';
import { securityTrail } from '../infra/identity/security-trail.ts';
import { sessionRegister } from '../infra/identity/session-register.ts';
import { keyRing } from '../infra/identity/key-ring.ts';
import type { System } from './system.ts';

const RESET_MAILS = 3;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const MINUTE_SECONDS = 60;

/** Never all the processors: orders go on while people log in. */
const hashThreads = (): number => (availableParallelism() > 2 ? 2 : 1);

const knownPermissions: ReadonlySet<string> = new Set([
  ...commands.flatMap(({ permission }) => permission ?? []),
  ...queries.map(({ permission }) => permission),
  ...routePermissions,
]);

/** Who may come in, and what people keep of their own accounts. */
export const openIdentity = async ({ config: { auth, data, server, smtp }, pool, clock, newId, store, log, metrics, closing }: System) => {
  const db = reachable(pool);
  const folder = join(data.dir, 'keys');
  const trail = securityTrail(store, newId);
  const key = await accountKey({ file: auth.accountKeyFile, folder });
  const factors = secondFactors(db, clock, key, auth.issuer);
  const passwords = passwordPool({
    threads: auth.hashThreads ?? hashThreads(),
    waiting: auth.hashQueue,
    cost: { memoryKib: auth.argon2MemoryKib, passes: auth.argon2Passes, lanes: auth.argon2Lanes },
    isBreached: await breachedPasswords(auth.breachedPasswordsFile),
  });
  closing.add('hashing threads', passwords.close);
  const seconds = auth.lockoutDurationMinutes * MINUTE_SECONDS;
  const longestSeconds = auth.lockoutLongestMinutes * MINUTE_SECONDS;
  const lockout = {
    account: { maxAttempts: auth.maxLoginAttempts, seconds, longestSeconds },
    address: { maxAttempts: auth.maxLoginAttemptsPerAddress, seconds, longestSeconds },
  };
  const refreshTokenSeconds = auth.refreshExpirationDays * DAY_SECONDS;
  const accessTokenSeconds = Math.round(auth.jwtExpirationHours * HOUR_SECONDS);
  const keys = await keyRing({
    file: auth.signingKeyFile,
    formerFiles: auth.formerKeyFiles,
    folder,
    algorithm: auth.signingAlgorithm,
    clock,
    rotationSeconds: auth.keyRotationDays * DAY_SECONDS,
    tokenSeconds: accessTokenSeconds,
  });
  closing.add('fresh keys', keepFresh(keys.refresh, log, { everyMs: MINUTE_SECONDS * 1000 }));
  const identity = postgresIdentity({
    db,
    clock,
    metrics: metrics.identity,
    trail,
    passwords,
    secondFactors: factors,
    keys,
    issuer: auth.issuer,
    audience: auth.issuer,
    accessTokenSeconds,
    refreshTokenSeconds,
    longestSessionSeconds: auth.sessionLongestDays * DAY_SECONDS,
    lockout,
    secondFactorRoles: auth.secondFactorRoles,
    ownPasswords: auth.ownPasswords,
  });
  const refresh = identity.refreshUsers;
  closing.add('fresh users', keepFresh(refresh, log));
  const atTerminals = { db, clock, key, trail, lockout: lockout.account, secondFactorRoles: auth.secondFactorRoles };
  const { tokensFor } = identity;
  return {
    identity,
    terminals: terminals({ db, clock, newId, trail, refreshTokenSeconds, tokensFor }),
    pins: pins({ ...atTerminals, passwords, metrics: metrics.identity, tokensFor }),
    approvals: approvals(atTerminals),
    tickets: liveTickets(db, clock, identity.standing),
    accounts: accounts({ db, clock, newId, passwords, trail, registrationOpen: auth.registrationOpen, lockout: lockout.account }),
    secondFactor: secondFactorSetup({ db, clock, passwords, factors, trail, lockout: lockout.account, refresh }),
    resets: passwordResets({
      db,
      clock,
      newId,
      passwords,
      trail,
      lockout: { account: { ...lockout.account, maxAttempts: RESET_MAILS }, address: lockout.address },
      canMail: smtp.url !== null && server.publicUrl !== null,
      refresh,
    }),
    administration: administration({ db, pool, clock, newId, passwords, trail, lockout: lockout.account, refresh }),
    roles: customRoles({ db, clock, newId, trail, permissions: knownPermissions, refresh }),
    sessions: sessionRegister({ db, clock, trail, refresh }),
  };
};
