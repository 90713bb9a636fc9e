import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Db } from './db.ts';

/**
 * A session descends from one login: a chain of refresh tokens of which only the newest is good.
 * A token is the session's id and a secret, and is exchanged once. A secret's successor is derived from the secret and a salt
 * kept beside its hash, so that a sender who lost our answer and asks again within `GRACE_SECONDS` gets the same successor.
 * Any other token of the chain was copied: the session ends.
 */
export type Sessions = {
  readonly open: (session: NewSession) => Promise<Opened>;
  /** Null: unknown, expired, used before, ended, or its user is disabled. */
  readonly exchange: (refreshToken: string) => Promise<Exchanged | Reused | null>;
  /** By a refresh token that is or just was good; null where there is no such session. */
  readonly end: (refreshToken: string) => Promise<Ended | null>;
  readonly endById: (id: string, why: 'logout' | 'revoked') => Promise<Ended | null>;
};

export type NewSession = {
  readonly userId: string;
  readonly method: 'password' | 'pin' | 'terminal';
  /** Of a person's session at a shared terminal. */
  readonly at: { readonly terminalId: string; readonly locationId: string } | null;
};
export type Opened = { readonly sessionId: string; readonly refreshToken: string };
export type Exchanged = Opened & { readonly userId: string; readonly tokenVersion: number };
/** Somebody copied a token: its session is ended. */
export type Reused = { readonly reused: Ended };
export type Ended = { readonly sessionId: string; readonly userId: string };

type Token = { readonly id: string; readonly secret: Buffer };
type SessionRow = {
  readonly previousHash: Buffer | null;
  readonly rotatedAt: Date | null;
  readonly salt: Buffer | null;
  readonly userId: string;
  readonly tokenVersion: number;
};

const GRACE_SECONDS = 10;
/** A person at a shared terminal: for one working day. */
const PIN_SECONDS = 12 * 3600;

export type SessionOptions = {
  /** After it was opened, and after each exchange. */
  readonly lifetimeSeconds: number;
  /** However often it is exchanged; null: as long as it is. A terminal's ends with the terminal. */
  readonly longestSeconds: number | null;
  readonly clock: Clock;
};

export const sessions = (db: Db, { lifetimeSeconds, longestSeconds, clock }: SessionOptions): Sessions => {
  const expiry = (now: Date, seconds = lifetimeSeconds): Date => new Date(now.getTime() + seconds * 1000);

  const rotate = async ({ id, secret }: Token, successor: Token, salt: Buffer): Promise<Exchanged | null> => {
    const now = clock.now();
    const { rows } = await db.query<{ userId: string; tokenVersion: number }>({
      name: 'session-rotate',
      text: `update sessions s set previous_hash = s.secret_hash, secret_hash = $3, salt = $4, rotated_at = $5, used_at = $5,
                 expires_at = case s.method when 'pin' then s.expires_at when 'terminal' then $6
                   else least($6, s.created_at + make_interval(secs => $7)) end
             from users u
             where s.id = $1 and s.secret_hash = $2 and s.expires_at > $5 and s.ended_at is null
               and u.id = s.user_id and u.disabled_at is null
             returning u.id as "userId", u.token_version as "tokenVersion"`,
      values: [id, hashOf(secret), hashOf(successor.secret), salt, now, expiry(now), longestSeconds],
    });
    return rows[0] === undefined ? null : { ...rows[0], sessionId: id, refreshToken: written(successor) };
  };

  const find = async (id: string): Promise<SessionRow | undefined> => {
    const { rows } = await db.query<SessionRow>({
      name: 'session-find',
      text: `select s.previous_hash as "previousHash", s.rotated_at as "rotatedAt", s.salt, u.id as "userId", u.token_version as "tokenVersion"
             from sessions s join users u on u.id = s.user_id
             where s.id = $1 and s.expires_at > $2 and s.ended_at is null and u.disabled_at is null`,
      values: [id, clock.now()],
    });
    return rows[0];
  };

  const finish = async (condition: string, why: string, values: readonly unknown[]): Promise<Ended | null> => {
    const { rows } = await db.query<Ended>({
      text: `update sessions set ended_at = clock_timestamp(), ended_why = $1 where ended_at is null and ${condition}
             returning id as "sessionId", user_id as "userId"`,
      values: [why, ...values],
    });
    return rows[0] ?? null;
  };

  /** The answer to a token that is not, or no longer, the good one. */
  const repeat = async (token: Token): Promise<Exchanged | Reused | null> => {
    const session = await find(token.id);
    if (session === undefined) return null;
    const { previousHash, rotatedAt, salt, userId, tokenVersion } = session;
    const justExchanged = rotatedAt !== null && clock.now().getTime() - rotatedAt.getTime() <= GRACE_SECONDS * 1000;
    if (justExchanged && salt !== null && previousHash?.equals(hashOf(token.secret)) === true) {
      return { sessionId: token.id, userId, tokenVersion, refreshToken: written(successorOf(token, salt)) };
    }
    const reused = await finish('id = $2', 'token-reused', [token.id]);
    return reused === null ? null : { reused };
  };

  return {
    open: async ({ userId, method, at }) => {
      const token = { id: randomUUID(), secret: randomBytes(32) };
      const now = clock.now();
      await db.query({
        name: 'session-open',
        text: `with swept as (delete from sessions where expires_at <= $4::timestamptz - interval '1 minute')
               insert into sessions (id, user_id, secret_hash, created_at, expires_at, method, terminal_id, location_id)
               values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        values: [
          token.id,
          userId,
          hashOf(token.secret),
          now,
          expiry(now, method === 'pin' ? PIN_SECONDS : lifetimeSeconds),
          method,
          at?.terminalId ?? null,
          at?.locationId ?? null,
        ],
      });
      return { sessionId: token.id, refreshToken: written(token) };
    },
    exchange: async (refreshToken) => {
      const token = read(refreshToken);
      if (token === null) return null;
      const salt = randomBytes(32);
      return (await rotate(token, successorOf(token, salt), salt)) ?? (await repeat(token));
    },
    end: async (refreshToken) => {
      const token = read(refreshToken);
      return token === null ? null : finish('id = $2 and $3 in (secret_hash, previous_hash)', 'logout', [token.id, hashOf(token.secret)]);
    },
    endById: (id, why) => finish('id = $2', why, [id]),
  };
};

const successorOf = ({ id, secret }: Token, salt: Buffer): Token => ({ id, secret: createHmac('sha256', secret).update(salt).digest() });

const hashOf = (secret: Buffer): Buffer => createHash('sha256').update(secret).digest();

const written = ({ id, secret }: Token): string =>
  Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), secret]).toString('base64url');

const read = (refreshToken: string): Token | null => {
  if (!/^[\w-]{64}$/.test(refreshToken)) return null;
  const bytes = Buffer.from(refreshToken, 'base64url');
  const id = bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { id, secret: bytes.subarray(16) };
};
