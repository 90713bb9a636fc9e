import { availableParallelism } from 'node:os';
import type { Clock } from '../../commands/ports.ts';
import type { Identity, Log, LoginRefusal, Principal, TokenPair } from '../../http/ports.ts';
import { accessTokens, type Claims } from './access-tokens.ts';
import { boundedQueue, QueueFull } from './bounded-queue.ts';
import type { Db } from './db.ts';
import { knownUsers, type Standing } from './known-users.ts';
import { loginFailures, type Lockout } from './login-failures.ts';
import { decoyHash, passwordMatches } from './passwords.ts';
import { recent } from './recent.ts';
import { sessions } from './sessions.ts';
import type { SigningKey } from './signing-key.ts';
import { normalEmail } from './users.ts';

export type IdentityMetrics = {
  readonly loginAttempted: (outcome: 'success' | LoginRefusal['refused']) => void;
  readonly tokenIssued: () => void;
};

export type IdentityNeeds = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: IdentityMetrics;
  readonly key: SigningKey;
  readonly issuer: string;
  readonly audience?: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly lockout: Lockout;
  /** Logins that may wait for their turn at the password hash. */
  readonly waitingLogins?: number;
};

/** `refreshUsers` makes changed and disabled users known; call it each second or so (see keep-fresh.ts). */
export type PostgresIdentity = Identity & { readonly refreshUsers: () => Promise<void> };

type Candidate = { readonly id: string; readonly passwordHash: string; readonly disabled: boolean; readonly tokenVersion: number };

const AUDIENCE = 'brigade-api';
const TOKENS_REMEMBERED = 10_000;
const WAITING_LOGINS = 64;
/** How many passwords are hashed at once: half the thread pool at most, and never all the processors. */
const LOGINS_AT_ONCE = availableParallelism() > 2 ? 2 : 1;

export const postgresIdentity = (needs: IdentityNeeds): PostgresIdentity => {
  const {
    db,
    clock,
    log,
    metrics,
    key,
    accessTokenSeconds,
    refreshTokenSeconds,
    lockout,
    issuer,
    audience = AUDIENCE,
    waitingLogins = WAITING_LOGINS,
  } = needs;
  const tokens = accessTokens({ key, clock, issuer, audience, lifetimeSeconds: accessTokenSeconds });
  const chain = sessions(db, { lifetimeSeconds: refreshTokenSeconds, clock, log });
  const failures = loginFailures(db, clock, lockout);
  const users = knownUsers(db, clock);
  const read = recent<string, Claims>(TOKENS_REMEMBERED);
  const inTurn = boundedQueue(LOGINS_AT_ONCE, waitingLogins);
  // Not waited for: whoever logs in first may, a start need not.
  const decoy = decoyHash();
  decoy.catch(() => undefined);

  const pair = async (user: { readonly userId: string; readonly tokenVersion: number }, refreshToken: string): Promise<TokenPair> => {
    const accessToken = await tokens.issue(user);
    metrics.tokenIssued();
    return { access_token: accessToken, refresh_token: refreshToken, token_type: 'Bearer', expires_in: accessTokenSeconds };
  };

  // The lock is read and the failure counted within the turn, so that guesses sent all at once are no more than guesses in a row.
  const attempt = async (email: string, password: string): Promise<TokenPair | LoginRefusal> => {
    const locked = await failures.lockedFor(email);
    if (locked !== null) return refused('account-locked', locked);
    const user = await candidate(db, email);
    const matches = await passwordMatches(user?.passwordHash ?? (await decoy), password);
    if (user === undefined || !matches) {
      await failures.count(email);
      return refused('invalid-credentials');
    }
    if (user.disabled) return refused('account-disabled');
    await failures.forget(email);
    return pair({ userId: user.id, tokenVersion: user.tokenVersion }, await chain.open(user.id));
  };

  const admitted = ({ tokenVersion }: Claims, user: Standing | null): Principal | null =>
    user === null || user.disabled || user.tokenVersion !== tokenVersion ? null : user.principal;

  return {
    login: async (email, password) => {
      const answer = await inTurn(() => attempt(email, password)).catch((error: unknown) => {
        if (error instanceof QueueFull) return refused('login-overloaded', 1);
        throw error;
      });
      metrics.loginAttempted('refused' in answer ? answer.refused : 'success');
      return answer;
    },

    refresh: async (refreshToken) => {
      const exchanged = await chain.exchange(refreshToken);
      return exchanged === null ? { refused: 'invalid-refresh-token' } : pair(exchanged, exchanged.refreshToken);
    },

    logout: chain.end,

    verify: async (accessToken) => {
      let claims = read.get(accessToken);
      if (claims === undefined || claims.expiresAt <= clock.now().getTime()) {
        read.delete(accessToken);
        const fresh = await tokens.read(accessToken);
        if (fresh === null) return null;
        claims = fresh;
        read.set(accessToken, claims);
      }
      return admitted(claims, users.recall(claims.userId) ?? (await users.look(claims.userId)));
    },

    jwks: () => ({ keys: [key.publicJwk] }),
    refreshUsers: users.refresh,
  };
};

const refused = (reason: LoginRefusal['refused'], retryAfterSeconds: number | null = null): LoginRefusal => ({
  refused: reason,
  retryAfterSeconds,
});

const candidate = async (db: Db, email: string): Promise<Candidate | undefined> => {
  const { rows } = await db.query<Candidate>({
    name: 'login-candidate',
    text: `select id, password_hash as "passwordHash", disabled_at is not null as disabled, token_version as "tokenVersion"
           from users where email = $1`,
    values: [normalEmail(email)],
  });
  return rows[0];
};
