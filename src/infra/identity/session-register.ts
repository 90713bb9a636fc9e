import { placesFor } from '../../commands/roles.ts';
import type { Clock } from '../../commands/ports.ts';
import type { SessionRegister, SessionView } from '../../http/account-ports.ts';
import type { Principal } from '../../http/ports.ts';
import { ownProvenance } from './accounts.ts';
import type { Db } from './db.ts';
import type { Trail } from './security-trail.ts';

type Row = {
  readonly id: string;
  readonly userId: string;
  readonly method: SessionView['method'];
  readonly terminalId: string | null;
  readonly createdAt: Date;
  readonly usedAt: Date;
  readonly expiresAt: Date;
};

const MOST = 200;

type Needs = {
  readonly db: Db;
  readonly clock: Clock;
  readonly trail: Trail;
  /** Makes what ended known here at once. */
  readonly refresh: () => Promise<void>;
};

/** One's own sessions, and those of people whom one administers. */
export const sessionRegister = ({ db, clock, trail, refresh }: Needs): SessionRegister => {
  const find = async (
    principal: Principal,
    permission: 'session.read' | 'session.revoke',
    { userId, id }: { readonly userId: string | null; readonly id: string | null },
  ): Promise<readonly Row[]> => {
    const places = placesFor(principal, permission);
    const { rows } = await db.query<Row>({
      name: 'sessions',
      text: `select s.id, s.user_id as "userId", s.method, s.terminal_id as "terminalId", s.created_at as "createdAt",
               coalesce(s.used_at, s.created_at) as "usedAt", s.expires_at as "expiresAt"
             from sessions s join users u on u.id = s.user_id
             where s.ended_at is null and s.expires_at > $1 and s.user_id = coalesce($2, s.user_id) and s.id = coalesce($3, s.id)
               and (s.user_id = $4 or ($5 and ($6::text[] is null or u.location_ids <@ $6)))
             order by s.created_at desc, s.id limit ${MOST}`,
      values: [clock.now(), userId, id, principal.userId, places !== undefined, places ?? null],
    });
    return rows;
  };

  const view =
    ({ sessionId }: Principal) =>
    ({ id, userId, method, terminalId, createdAt, usedAt, expiresAt }: Row): SessionView => ({
      id,
      user_id: userId,
      method,
      terminalId,
      created_at: createdAt.toISOString(),
      used_at: usedAt.toISOString(),
      expires_at: expiresAt.toISOString(),
      current: id === sessionId,
    });

  return {
    list: async (principal, userId) => {
      const rows = await find(principal, 'session.read', { userId: userId ?? principal.userId, id: null });
      return rows.map(view(principal));
    },
    show: async (principal, id) => (await find(principal, 'session.read', { userId: null, id })).map(view(principal))[0] ?? null,
    revoke: async (principal, id, from) => {
      const [row] = await find(principal, 'session.revoke', { userId: null, id });
      if (row === undefined) return false;
      await trail(
        { type: 'AccountSessionEnded', data: { userId: row.userId, sessionId: id, reason: 'revoked' } },
        ownProvenance(principal, 'RevokeSession', from),
      );
      await db.query({
        name: 'session-revoke',
        text: `update sessions set ended_at = clock_timestamp(), ended_why = 'revoked' where id = $1 and ended_at is null`,
        values: [id],
      });
      await refresh();
      return true;
    },
  };
};
