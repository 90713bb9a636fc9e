import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { AccountKey } from './account-key.ts';
import type { Db } from './db.ts';
import { base32, stepOf, totpUri } from './totp.ts';

export type SecondFactors = {
  /** `none`: he has no second factor. A code counts once. */
  readonly check: (userId: string, code: string | null) => Promise<'none' | 'code' | 'recovery-code' | 'missing' | 'wrong'>;
  /** A new secret, of no effect until confirmed; null: he has one. */
  readonly begin: (userId: string, email: string) => Promise<{ readonly secret: string; readonly uri: string } | null>;
  /** Recovery codes, each good once instead of a code; null: the code is wrong, or nothing was begun. */
  readonly confirm: (userId: string, code: string) => Promise<readonly string[] | null>;
  readonly remove: (userId: string) => Promise<void>;
};

type Row = { readonly sealed: Buffer; readonly confirmed: boolean; readonly lastStep: string };

const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';
const RECOVERY_CODE = /^[2-9a-hjkmnp-tv-z]{5}-?[2-9a-hjkmnp-tv-z]{5}$/;

export const secondFactors = (db: Db, clock: Clock, key: AccountKey, issuer: string): SecondFactors => {
  const find = async (userId: string): Promise<Row | undefined> => {
    const { rows } = await db.query<Row>({
      name: 'second-factor',
      text: `select sealed, confirmed_at is not null as confirmed, last_step as "lastStep" from second_factors where user_id = $1`,
      values: [userId],
    });
    return rows[0];
  };

  /** One of many at once with the same code wins. */
  const spendCode = async (userId: string, { sealed, lastStep }: Row, code: string): Promise<boolean> => {
    const step = stepOf(key.open(sealed, userId), code, clock.now(), Number(lastStep));
    if (step === null) return false;
    const { rowCount } = await db.query({
      name: 'second-factor-used',
      text: 'update second_factors set last_step = $2 where user_id = $1 and last_step < $2',
      values: [userId, step],
    });
    return rowCount === 1;
  };

  const spendRecoveryCode = async (userId: string, code: string): Promise<boolean> => {
    const { rowCount } = await db.query({
      name: 'recovery-code-used',
      text: 'delete from recovery_codes where user_id = $1 and code_hash = $2',
      values: [userId, hashOf(code)],
    });
    return rowCount === 1;
  };

  return {
    check: async (userId, code) => {
      const row = await find(userId);
      if (row === undefined || !row.confirmed) return 'none';
      if (code === null) return 'missing';
      if (RECOVERY_CODE.test(code)) return (await spendRecoveryCode(userId, code)) ? 'recovery-code' : 'wrong';
      return (await spendCode(userId, row, code)) ? 'code' : 'wrong';
    },

    begin: async (userId, email) => {
      const secret = randomBytes(SECRET_BYTES);
      const { rowCount } = await db.query({
        name: 'second-factor-begin',
        text: `insert into second_factors as f (user_id, sealed) values ($1, $2)
               on conflict (user_id) do update set sealed = $2, last_step = 0 where f.confirmed_at is null`,
        values: [userId, key.seal(secret, userId)],
      });
      return rowCount === 1 ? { secret: base32(secret), uri: totpUri(secret, issuer, email) } : null;
    },

    confirm: async (userId, code) => {
      const row = await find(userId);
      if (row === undefined || row.confirmed || !(await spendCode(userId, row, code))) return null;
      const codes = Array.from({ length: RECOVERY_CODES }, recoveryCode);
      await db.query({
        name: 'second-factor-confirm',
        text: `with former as (delete from recovery_codes where user_id = $1 and not code_hash = any($3)),
               codes as (insert into recovery_codes (user_id, code_hash) select $1, unnest($3::bytea[]))
               update second_factors set confirmed_at = $2 where user_id = $1`,
        values: [userId, clock.now(), codes.map(hashOf)],
      });
      return codes;
    },

    remove: async (userId) => {
      await db.query({
        name: 'second-factor-remove',
        text: `with codes as (delete from recovery_codes where user_id = $1) delete from second_factors where user_id = $1`,
        values: [userId],
      });
    },
  };
};

/** Ten of 30 characters: 49 bits, tried only with the password and counted by the lock. */
const recoveryCode = (): string => {
  const letters = Array.from({ length: 10 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
};

const hashOf = (code: string): Buffer => createHash('sha256').update(code.replace('-', '')).digest();
