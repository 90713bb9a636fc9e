import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../commands/ports.ts';
import type { KeyRing } from './key-ring.ts';
import { tokenAlgorithms, type SigningKey } from './signing-key.ts';

/** What a token says: who, and as of which version of him. What he may do is never read from a token. */
export type Claims = Subject & { /** Milliseconds since 1970. */ readonly expiresAt: number };
export type Subject = { readonly userId: string; readonly tokenVersion: number; readonly sessionId: string };

export type AccessTokens = {
  readonly issue: (subject: Subject) => Promise<string>;
  /** Null: not ours, expired, or malformed. */
  readonly read: (token: string) => Promise<Claims | null>;
};

export type AccessTokenOptions = {
  readonly keys: Pick<KeyRing, 'signer' | 'named'>;
  readonly clock: Clock;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
};

/** Between the clocks of the machines that issue and read. */
const LEEWAY_SECONDS = 5;
const TYPE = 'at+jwt';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** RFC 9068 access tokens. */
export const accessTokens = ({ keys, clock, issuer, audience, lifetimeSeconds }: AccessTokenOptions): AccessTokens => ({
  issue: ({ userId, tokenVersion, sessionId }) => {
    const key = keys.signer();
    const now = Math.floor(clock.now().getTime() / 1000);
    return new SignJWT({ ver: tokenVersion, sid: sessionId })
      .setProtectedHeader({ alg: key.algorithm, typ: TYPE, kid: key.kid })
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
      const { payload } = await jwtVerify<{ ver: unknown; sid: unknown }>(token, (header) => keyFor(keys, header), {
        algorithms: [...tokenAlgorithms],
        typ: TYPE,
        issuer,
        audience,
        requiredClaims: ['sub', 'ver', 'sid', 'iat', 'nbf', 'exp', 'jti'],
        clockTolerance: LEEWAY_SECONDS,
        currentDate: clock.now(),
      });
      const { sub, exp, ver, sid } = payload;
      if (
        typeof sub !== 'string' ||
        !UUID.test(sid as string) ||
        !UUID.test(sub) ||
        exp === undefined ||
        typeof ver !== 'number' ||
        typeof sid !== 'string'
      )
        return null;
      return { userId: sub, tokenVersion: ver, sessionId: sid, expiresAt: (exp + LEEWAY_SECONDS) * 1000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  },
});

/** Only with the algorithm it signs with: an RSA key could check PS256 where it signs RS256. */
const keyFor = (
  keys: Pick<KeyRing, 'named'>,
  { kid, alg }: { readonly kid?: string | undefined; readonly alg?: string | undefined },
): SigningKey['publicKey'] => {
  const key = kid === undefined ? undefined : keys.named(kid);
  if (key === undefined || key.algorithm !== alg) throw new errors.JWKSNoMatchingKey();
  return key.publicKey;
};
