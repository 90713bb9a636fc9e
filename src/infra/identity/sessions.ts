import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Log } from '../../http/ports.ts';
import type { Db } from './db.ts';

/**
 * A session descends from one login: a chain of refresh tokens of which only the newest is good.
 * A token is the session's id and a secret, and is exchanged once. A secret's successor is derived from the secret and a salt
 * kept beside its hash, so that a sender who lost our answer and asks again within `GRACE_SECONDS` gets the same successor.
 * Any other token of the chain was copied: the session ends.
 */
export type Sessions = {
  /** The refresh token of a new session. */
  readonly open: (userId: string) => Promise<string>;
  /** Null: unknown, expired, used before, or its user is disabled. */
  readonly exchange: (refreshToken: string) => Promise<Exchanged | null>;
  readonly end: (refreshToken: string) => Promise<void>;
};

export type Exchanged = { readonly refreshToken: string; readonly userId: string; readonly tokenVersion: number };

type Token = { readonly id: string; readonly secret: Buffer };
type SessionRow = {
  readonly previousHash: Buffer | null;
  readonly rotatedAt: Date | null;
  readonly salt: Buffer | null;
  readonly userId: string;
  readonly tokenVersion: number;
};

const GRACE_SECONDS = 10;

export type SessionOptions = { readonly lifetimeSeconds: number; readonly clock: Clock; readonly log: Log };

export const sessions = (db: Db, { lifetimeSeconds, clock, log }: SessionOptions): Sessions => {
  const expiry = (now: Date): Date => new Date(now.getTime() + lifetimeSeconds * 1000);

  const rotate = async ({ id, secret }: Token, successor: Token, salt: Buffer): Promise<Exchanged | null> => {
    const now = clock.now();
    const { rows } = await db.query<{ userId: string; tokenVersion: number }>({
      name: 'session-rotate',
      text: `update sessions s set previous_hash = s.secret_hash, secret_hash = $3, salt = $4, rotated_at = $5, expires_at = $6
             from users u
             where s.id = $1 and s.secret_hash = $2 and s.expires_at > $5 and u.id = s.user_id and u.disabled_at is null
             returning u.id as "userId", u.token_version as "tokenVersion"`,
      values: [id, hashOf(secret), hashOf(successor.secret), salt, now, expiry(now)],
    });
    return rows[0] === undefined ? null : { ...rows[0], refreshToken: written(successor) };
  };

  const find = async (id: string): Promise<SessionRow | undefined> => {
    const { rows } = await db.query<SessionRow>({
      name: 'session-find',
      text: `select s.previous_hash as "previousHash", s.rotated_at as "rotatedAt", s.salt, u.id as "userId", u.token_version as "tokenVersion"
             from sessions s join users u on u.id = s.user_id
             where s.id = $1 and s.expires_at > $2 and u.disabled_at is null`,
      values: [id, clock.now()],
    });
    return rows[0];
  };

  /** The answer to a token that is not, or no longer, the good one. */
  const repeat = async (token: Token): Promise<Exchanged | null> => {
    const session = await find(token.id);
    if (session === undefined) return null;
    const { previousHash, rotatedAt, salt, userId, tokenVersion } = session;
    const justExchanged = rotatedAt !== null && clock.now().getTime() - rotatedAt.getTime() <= GRACE_SECONDS * 1000;
    if (justExchanged && salt !== null && previousHash?.equals(hashOf(token.secret)) === true) {
      return { userId, tokenVersion, refreshToken: written(successorOf(token, salt)) };
    }
    log.warn({ userId }, 'A refresh token was used a second time: its session is ended');
    await db.query({ name: 'session-kill', text: 'delete from sessions where id = $1', values: [token.id] });
    return null;
  };

  return {
    open: async (userId) => {
      const token = { id: randomUUID(), secret: randomBytes(32) };
      const now = clock.now();
      await db.query({
        name: 'session-open',
        text: `with swept as (delete from sessions where expires_at <= $4)
               insert into sessions (id, user_id, secret_hash, created_at, expires_at) values ($1, $2, $3, $4, $5)`,
        values: [token.id, userId, hashOf(token.secret), now, expiry(now)],
      });
      return written(token);
    },
    exchange: async (refreshToken) => {
      const token = read(refreshToken);
      if (token === null) return null;
      const salt = randomBytes(32);
      return (await rotate(token, successorOf(token, salt), salt)) ?? (await repeat(token));
    },
    end: async (refreshToken) => {
      const token = read(refreshToken);
      if (token === null) return;
      await db.query({
        name: 'session-end',
        text: 'delete from sessions where id = $1 and $2 in (secret_hash, previous_hash)',
        values: [token.id, hashOf(token.secret)],
      });
    },
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
