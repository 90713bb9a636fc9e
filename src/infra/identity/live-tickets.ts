import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { LiveTickets, Principal } from '../../http/ports.ts';
import type { Db } from './db.ts';

const LIFETIME_SECONDS = 30;

export const liveTickets = (db: Db, clock: Clock): LiveTickets => ({
  issue: async (principal) => {
    const ticket = randomBytes(32).toString('base64url');
    const now = clock.now();
    await db.query({
      name: 'live-ticket-issue',
      text: `with swept as (delete from live_tickets where expires_at <= $3)
             insert into live_tickets (hash, principal, expires_at) values ($1, $2, $4)`,
      values: [hashOf(ticket), principal, now, new Date(now.getTime() + LIFETIME_SECONDS * 1000)],
    });
    return { ticket, expiresInSeconds: LIFETIME_SECONDS };
  },
  redeem: async (ticket) => {
    const { rows } = await db.query<{ principal: Principal }>({
      name: 'live-ticket-redeem',
      text: 'delete from live_tickets where hash = $1 and expires_at > $2 returning principal',
      values: [hashOf(ticket), clock.now()],
    });
    return rows[0]?.principal ?? null;
  },
});

const hashOf = (ticket: string): Buffer => createHash('sha256').update(ticket).digest();
