import type { Clock } from '../../commands/ports.ts';
import type { AccountEvent, LoginMethod } from '../../domain/account.ts';
import type { Credentials, Identity, LoggedIn, LoginRefusal, Origin } from '../../http/ports.ts';
import { QueueFull } from './bounded-queue.ts';
import type { Db } from './db.ts';
import type { IdentityNeeds, PostgresIdentity } from './identity.ts';
import type { KnownDevices } from './known-devices.ts';
import type { Lockouts, Subject } from './lockouts.ts';
import type { Sessions } from './sessions.ts';
import { normalEmail } from './users.ts';

export type LoginOutcome = 'success' | 'pin-wrong' | LoginRefusal['refused'];
export type LoginMetrics = { readonly loginAttempted: (outcome: LoginOutcome) => void };

type LoginNeeds = Pick<IdentityNeeds, 'db' | 'metrics' | 'trail' | 'passwords' | 'secondFactors' | 'lockout'> & {
  readonly chain: Pick<Sessions, 'open'>;
  readonly failures: Lockouts;
  readonly devices: KnownDevices;
  readonly tokensFor: PostgresIdentity['tokensFor'];
  readonly clock: Clock;
};

type Candidate = {
  readonly userId: string;
  readonly passwordHash: string;
  readonly disabled: boolean;
  readonly tokenVersion: number;
  readonly roles: readonly string[];
  readonly locationIds: readonly string[] | null;
};
type Admitted = { readonly user: Candidate; readonly method: LoginMethod };
type Attempt = Admitted | (LoginRefusal & { readonly user: Candidate | undefined });

const refused = (reason: LoginRefusal['refused'], user?: Candidate, retryAfterSeconds: number | null = null): Attempt => ({
  refused: reason,
  retryAfterSeconds,
  user,
});

/** E-mail address and password, and the code of the second factor from who has one. */
export const loginBy = (needs: LoginNeeds): Identity['login'] => {
  const { db, trail, passwords, secondFactors, lockout, chain, failures, devices, metrics, tokensFor } = needs;

  const tell = (data: AccountEvent, user: Candidate | undefined, { correlationId, traceParent }: Origin): Promise<void> =>
    trail(data, {
      commandType: 'LogIn',
      actor: { userId: user?.userId ?? 'anonymous', roles: user?.roles ?? [], terminalId: null },
      locationId: user?.locationIds?.length === 1 ? (user.locationIds[0] ?? null) : null,
      correlationId,
      traceParent,
    });

  /** On a device he knows, only that device can be locked; elsewhere his account, and the address it is tried from. */
  const subjectsOf = async (email: string, user: Candidate | undefined, { address, device }: Origin): Promise<readonly Subject[]> => {
    if (user !== undefined && device !== null && (await devices.knows(user.userId, device)))
      return [{ kind: 'device', name: `${user.userId} ${device}`, lockout: lockout.account }];
    return [
      { kind: 'account', name: normalEmail(email), lockout: lockout.account },
      { kind: 'address', name: address, lockout: lockout.address },
    ];
  };

  const fail = async (
    reason: 'invalid-credentials' | 'code-wrong',
    user: Candidate | undefined,
    subjects: readonly Subject[],
    from: Origin,
  ) => {
    const userId = user?.userId ?? null;
    for (const { kind, seconds } of await failures.count(subjects))
      await tell({ type: 'AccountLocked', data: { userId, of: kind, seconds } }, user, from);
    await tell({ type: 'AccountLoginRefused', data: { userId, reason } }, user, from);
    return refused(reason, user);
  };

  // The lock is read and the failure counted within the turn, so that guesses sent all at once are no more than guesses in a row.
  const attempt = async ({ email, password, code }: Credentials, from: Origin): Promise<Attempt> => {
    const user = await candidate(db, email);
    const subjects = await subjectsOf(email, user, from);
    const locked = await failures.lockedFor(subjects);
    if (locked !== null) return refused('account-locked', user, locked);
    const matches = await passwords.matches(user?.passwordHash ?? null, password);
    if (user === undefined || !matches) return fail('invalid-credentials', user, subjects, from);
    if (user.disabled) {
      await tell({ type: 'AccountLoginRefused', data: { userId: user.userId, reason: 'account-disabled' } }, user, from);
      return refused('account-disabled', user);
    }
    const second = await secondFactors.check(user.userId, code);
    if (second === 'missing') return refused('second-factor-required', user);
    if (second === 'wrong') return fail('code-wrong', user, subjects, from);
    await failures.forget(subjects.filter(({ kind }) => kind !== 'address'));
    const method = second === 'none' ? 'password' : second === 'code' ? 'password-and-code' : 'password-and-recovery-code';
    return { user, method };
  };

  const admit = async ({ user, method }: Admitted, from: Origin): Promise<LoggedIn> => {
    const session = await chain.open({ userId: user.userId, method: 'password', at: null });
    await tell({ type: 'AccountLoggedIn', data: { userId: user.userId, sessionId: session.sessionId, method } }, user, from);
    return { tokens: await tokensFor(user, session), device: await devices.welcome(user.userId, from.device) };
  };

  return async (credentials, from) => {
    const answer = await passwords
      .inTurn(() => attempt(credentials, from))
      .catch((error: unknown) => {
        if (error instanceof QueueFull) return refused('login-overloaded', undefined, 1);
        throw error;
      });
    metrics.loginAttempted('refused' in answer ? answer.refused : 'success');
    if (!('refused' in answer)) return admit(answer, from);
    return { refused: answer.refused, retryAfterSeconds: answer.retryAfterSeconds };
  };
};

const candidate = async (db: Db, email: string): Promise<Candidate | undefined> => {
  const { rows } = await db.query<Candidate>({
    name: 'login-candidate',
    text: `select id as "userId", password_hash as "passwordHash", disabled_at is not null as disabled, token_version as "tokenVersion",
             roles, location_ids as "locationIds"
           from users where email = $1`,
    values: [normalEmail(email)],
  });
  return rows[0];
};
