import type { Clock } from '../../commands/ports.ts';
import { recentlyUsed } from '../../commands/recently-used.ts';
import type { Identity, Principal, TokenPair } from '../../http/ports.ts';
import { accessTokens, type Claims } from './access-tokens.ts';
import type { Db } from './db.ts';
import { knownDevices } from './known-devices.ts';
import { knownUsers, type Standing } from './known-users.ts';
import { lockouts, type Lockout } from './lockouts.ts';
import { loginBy, type LoginMetrics } from './login.ts';
import type { PasswordPool } from './password-pool.ts';
import type { Trail } from './security-trail.ts';
import { sessions, type Exchanged, type Opened } from './sessions.ts';
import type { SecondFactors } from './second-factors.ts';
import type { KeyRing } from './key-ring.ts';

export type IdentityMetrics = LoginMetrics & { readonly tokenIssued: () => void };

export type IdentityNeeds = {
  readonly db: Db;
  readonly clock: Clock;
  readonly metrics: IdentityMetrics;
  readonly trail: Trail;
  readonly passwords: PasswordPool;
  readonly secondFactors: Pick<SecondFactors, 'check'>;
  readonly keys: KeyRing;
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** Of a person, however often he exchanges his token. */
  readonly longestSessionSeconds: number;
  /** By what is tried: one account, or any from one address. */
  readonly lockout: { readonly account: Lockout; readonly address: Lockout };
  /** Roles that count only for who has a second factor. */
  readonly secondFactorRoles: readonly string[];
  /** Whether nobody may do anything with a password that another chose. */
  readonly ownPasswords: boolean;
};

/** `refreshUsers` makes changed users and ended sessions known; call it a few times a second (see keep-fresh.ts). */
export type PostgresIdentity = Identity & {
  readonly refreshUsers: () => Promise<void>;
  /** The tokens of a session that was just opened. */
  readonly tokensFor: (user: { readonly userId: string; readonly tokenVersion: number }, session: Opened) => Promise<TokenPair>;
};

const TOKENS_REMEMBERED = 10_000;

export const postgresIdentity = (needs: IdentityNeeds): PostgresIdentity => {
  const { db, clock, metrics, trail, keys, issuer, audience, accessTokenSeconds } = needs;
  const tokens = accessTokens({ keys, clock, issuer, audience, lifetimeSeconds: accessTokenSeconds });
  const chain = sessions(db, { lifetimeSeconds: needs.refreshTokenSeconds, longestSeconds: needs.longestSessionSeconds, clock });
  const users = knownUsers(db, clock, needs);
  const read = recentlyUsed<Claims>(TOKENS_REMEMBERED);

  const tokensFor: PostgresIdentity['tokensFor'] = async ({ userId, tokenVersion }, { sessionId, refreshToken }) => {
    const accessToken = await tokens.issue({ userId, tokenVersion, sessionId });
    metrics.tokenIssued();
    return { access_token: accessToken, refresh_token: refreshToken, token_type: 'Bearer', expires_in: accessTokenSeconds };
  };

  const claimsOf = async (accessToken: string): Promise<Claims | null> => {
    const known = read.get(accessToken);
    if (known !== undefined && known.expiresAt > clock.now().getTime()) return known;
    read.delete(accessToken);
    const fresh = await tokens.read(accessToken);
    if (fresh !== null) read.set(accessToken, fresh);
    return fresh;
  };

  const standingIn = async (userId: string, sessionId: string): Promise<Standing | null> => {
    const known = users.recall(userId, sessionId);
    return known === undefined ? users.look(userId, sessionId) : known;
  };

  const ofSystem = (userId: string, locationId: string | null = null) => ({
    actor: { userId, roles: [], terminalId: null },
    locationId,
  });

  return {
    login: loginBy({ ...needs, chain, failures: lockouts(db, clock), devices: knownDevices(db, clock), tokensFor }),

    refresh: async (refreshToken, { correlationId, traceParent }) => {
      const exchanged: Exchanged | { readonly reused: { userId: string; sessionId: string } } | null = await chain.exchange(refreshToken);
      if (exchanged === null) return { refused: 'invalid-refresh-token' };
      if (!('reused' in exchanged)) return tokensFor(exchanged, exchanged);
      const { reused } = exchanged;
      await trail(
        { type: 'AccountSessionEnded', data: { ...reused, reason: 'token-reused' } },
        { commandType: 'Refresh', correlationId, traceParent, ...ofSystem(reused.userId) },
      );
      return { refused: 'invalid-refresh-token' };
    },

    logout: async (token, { correlationId, traceParent }) => {
      const claims = token.includes('.') ? await claimsOf(token) : null;
      const ended = claims === null ? await chain.end(token) : await chain.endById(claims.sessionId, 'logout');
      if (ended === null) return;
      await users.look(ended.userId, ended.sessionId);
      await trail(
        { type: 'AccountSessionEnded', data: { ...ended, reason: 'logout' } },
        { commandType: 'LogOut', correlationId, traceParent, ...ofSystem(ended.userId) },
      );
    },

    verify: async (accessToken) => {
      let claims = read.get(accessToken);
      if (claims === undefined || claims.expiresAt <= clock.now().getTime()) {
        const fresh = await claimsOf(accessToken);
        if (fresh === null) return null;
        claims = fresh;
      }
      const { userId, sessionId, tokenVersion } = claims;
      const known = users.recall(userId, sessionId);
      return admitted(known === undefined ? await users.look(userId, sessionId) : known, tokenVersion);
    },

    standing: async ({ userId, sessionId }: Principal) => {
      if (sessionId === undefined) return null;
      const standing = await standingIn(userId, sessionId);
      return standing === null || standing.disabled ? null : standing.principal;
    },

    jwks: () => ({ keys: keys.all().map(({ publicJwk }) => publicJwk) }),
    refreshUsers: users.refresh,
    tokensFor,
  };
};

const admitted = (standing: Standing | null, tokenVersion: number): Principal | null =>
  standing === null || standing.disabled || standing.tokenVersion !== tokenVersion ? null : standing.principal;
