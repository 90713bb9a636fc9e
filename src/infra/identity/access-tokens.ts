import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../commands/ports.ts';
import type { SigningKey } from './signing-key.ts';

/** What a token says: who, and as of which version of him. What he may do is never read from a token. */
export type Claims = { readonly userId: string; readonly tokenVersion: number; /** Milliseconds since 1970. */ readonly expiresAt: number };

export type AccessTokens = {
  readonly issue: (subject: { readonly userId: string; readonly tokenVersion: number }) => Promise<string>;
  /** Null: not ours, expired, or malformed. */
  readonly read: (token: string) => Promise<Claims | null>;
};

export type AccessTokenOptions = {
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
};

/** Between the clocks of the machines that issue and read. */
const LEEWAY_SECONDS = 5;
const ALGORITHM = 'RS256';
const TYPE = 'at+jwt';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** RFC 9068 access tokens, signed with RS256. */
export const accessTokens = ({ key, clock, issuer, audience, lifetimeSeconds }: AccessTokenOptions): AccessTokens => ({
  issue: ({ userId, tokenVersion }) => {
    const now = Math.floor(clock.now().getTime() / 1000);
    return new SignJWT({ ver: tokenVersion })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetimeSeconds)
      .sign(key.privateKey);
  },
  read: async (token) => {
    try {
      const { payload } = await jwtVerify<{ ver: unknown }>(token, ({ kid }) => keyNamed(key, kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer,
        audience,
        requiredClaims: ['sub', 'ver', 'iat', 'nbf', 'exp', 'jti'],
        clockTolerance: LEEWAY_SECONDS,
        currentDate: clock.now(),
      });
      const { sub, exp, ver } = payload;
      if (typeof sub !== 'string' || !UUID.test(sub) || exp === undefined || typeof ver !== 'number') return null;
      return { userId: sub, tokenVersion: ver, expiresAt: (exp + LEEWAY_SECONDS) * 1000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  },
});

const keyNamed = (key: SigningKey, kid: string | undefined): SigningKey['publicKey'] => {
  if (kid !== key.kid) throw new errors.JWKSNoMatchingKey();
  return key.publicKey;
};
