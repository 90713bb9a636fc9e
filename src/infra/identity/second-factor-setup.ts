import type { Clock } from '../../commands/ports.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { SecondFactorSetup } from '../../http/account-ports.ts';
import type { Principal } from '../../http/ports.ts';
import { inTurn, ownProvenance, ownRow, requireOwnSession } from './accounts.ts';
import type { Db } from './db.ts';
import { lockouts, type Lockout, type Subject } from './lockouts.ts';
import type { PasswordPool } from './password-pool.ts';
import type { SecondFactors } from './second-factors.ts';
import type { Trail } from './security-trail.ts';

type Needs = {
  readonly db: Db;
  readonly clock: Clock;
  readonly passwords: PasswordPool;
  readonly factors: SecondFactors;
  readonly trail: Trail;
  readonly lockout: Lockout;
  /** Makes what changed known here at once. */
  readonly refresh: () => Promise<void>;
};

export const secondFactorSetup = ({ db, clock, passwords, factors, trail, lockout, refresh }: Needs): SecondFactorSetup => {
  const failures = lockouts(db, clock);

  /** Whoever holds only a token gets so many guesses at the password or a code, and no more. */
  const guarded = async <T>({ userId }: Principal, attempt: () => Promise<T | null>, refusal: Rejection): Promise<T> => {
    const subjects: readonly Subject[] = [{ kind: 'account', name: `second factor of ${userId}`, lockout }];
    if ((await failures.lockedFor(subjects)) !== null) throw new Rejection('account-locked', 'Too many wrong tries: try again later.');
    const answer = await attempt();
    if (answer === null) {
      await failures.count(subjects);
      throw refusal;
    }
    await failures.forget(subjects);
    return answer;
  };

  return {
    begin: async (principal, password) => {
      requireOwnSession(principal);
      const { email, passwordHash } = await ownRow(db, principal.userId);
      const wrong = new Rejection('password-wrong', 'The password is wrong: type it again.');
      await guarded(principal, () => inTurn(passwords, async () => (await passwords.matches(passwordHash, password)) || null), wrong);
      const begun = await factors.begin(principal.userId, email);
      if (begun === null) throw new Rejection('second-factor-there', 'You have a second factor: remove it first, with one of its codes.');
      return begun;
    },

    confirm: async (principal, code, from) => {
      requireOwnSession(principal);
      const wrong = new Rejection('code-wrong', 'The code is wrong, or there is nothing to confirm: begin again, or send the next code.');
      const codes = await guarded(principal, () => factors.confirm(principal.userId, code), wrong);
      await trail(
        { type: 'AccountSecondFactorEnrolled', data: { userId: principal.userId } },
        ownProvenance(principal, 'ConfirmSecondFactor', from),
      );
      await refresh();
      return codes;
    },

    remove: async (principal, code, from) => {
      requireOwnSession(principal);
      const wrong = new Rejection('code-wrong', 'The code is wrong, or was used: send the next one, or a recovery code.');
      const { userId } = principal;
      await guarded(
        principal,
        async () => {
          const checked = await factors.check(userId, code);
          return checked === 'code' || checked === 'recovery-code' || null;
        },
        wrong,
      );
      await trail({ type: 'AccountSecondFactorRemoved', data: { userId } }, ownProvenance(principal, 'RemoveSecondFactor', from));
      await factors.remove(userId);
      await refresh();
    },
  };
};
