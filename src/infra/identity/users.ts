import type { Db } from './db.ts';

export type User = {
  readonly id: string;
  readonly email: string;
  readonly fullName: string;
  readonly roles: readonly string[];
  /** Null: every location. */
  readonly locationIds: readonly string[] | null;
  readonly terminalId: string | null;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
};

export type NewUser = Omit<User, 'disabledAt'> & {
  readonly passwordHash: string;
  /** Whether another chose it. */
  readonly passwordGiven?: boolean;
};

/** As e-mail addresses are kept and compared. */
export const normalEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase();

/** False where the e-mail address is taken. */
export const createUser = async (db: Db, user: NewUser): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'create-user',
    text: `insert into users (id, email, full_name, password_hash, roles, location_ids, terminal_id, created_at, password_given)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (email) do nothing`,
    values: [
      user.id,
      normalEmail(user.email),
      user.fullName,
      user.passwordHash,
      user.roles,
      user.locationIds,
      user.terminalId,
      user.createdAt,
      user.passwordGiven ?? false,
    ],
  });
  return rowCount === 1;
};

/** In the order they were made. */
export const listUsers = async (db: Db): Promise<readonly User[]> => {
  const { rows } = await db.query<User>({
    name: 'list-users',
    text: `select id, email, full_name as "fullName", roles, location_ids as "locationIds", terminal_id as "terminalId",
                  disabled_at as "disabledAt", created_at as "createdAt"
           from users order by created_at, id`,
  });
  return rows;
};

/** Ends all the user's sessions and access tokens as well. */
export const setPassword = async (db: Db, userId: string, passwordHash: string): Promise<void> => {
  await db.query({
    name: 'set-password',
    text: `with ended as (update sessions set ended_at = clock_timestamp(), ended_why = 'password' where user_id = $1 and ended_at is null)
           update users set password_hash = $2, password_given = false, token_version = token_version + 1 where id = $1`,
    values: [userId, passwordHash],
  });
};
