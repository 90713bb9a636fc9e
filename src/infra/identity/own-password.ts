import type { Clock } from '../../commands/ports.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { Principal } from '../../http/ports.ts';
import { inTurn, ownRow } from './accounts.ts';
import type { Db } from './db.ts';
import { lockouts, type Lockout, type Subject } from './lockouts.ts';
import type { PasswordPool } from './password-pool.ts';

type Needs = { readonly db: Db; readonly clock: Clock; readonly passwords: PasswordPool; readonly lockout: Lockout };

/** Asks for one's own password before what one logs in with is changed: a stolen token is not enough. */
export const ownPassword = ({ db, clock, passwords, lockout }: Needs) => {
  const failures = lockouts(db, clock);
  return async ({ userId }: Principal, current: string | undefined): Promise<void> => {
    if (current === undefined)
      throw new Rejection('current-password-required', 'This changes how you log in yourself: send your password as current_password.');
    const { passwordHash } = await ownRow(db, userId);
    const subjects: readonly Subject[] = [{ kind: 'account', name: `password of ${userId}`, lockout }];
    await inTurn(passwords, async () => {
      if ((await failures.lockedFor(subjects)) !== null)
        throw new Rejection('account-locked', 'Too many wrong passwords: try again later.');
      if (await passwords.matches(passwordHash, current)) return;
      await failures.count(subjects);
      throw new Rejection('password-wrong', 'The current password is wrong: type it again.');
    });
    await failures.forget(subjects);
  };
};
