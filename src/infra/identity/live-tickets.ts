import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../commands/ports.ts';
import type { Identity, LiveTickets, Principal } from '../../http/ports.ts';
import type { Db } from './db.ts';

const LIFETIME_SECONDS = 30;

/** Whoever comes with a ticket is let in as he stands by then. */
export const liveTickets = (db: Db, clock: Clock, standing: Identity['standing']): LiveTickets => ({
  issue: async (principal) => {
    const ticket = randomBytes(32).toString('base64url');
    if (principal.sessionId === undefined) throw new Error('A ticket is given to somebody who is logged in');
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
    return rows[0] === undefined ? null : standing(rows[0].principal);
  },
});

const hashOf = (ticket: string): Buffer => createHash('sha256').update(ticket).digest();
