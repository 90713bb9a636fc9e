import type { Clock, NewId } from '../../commands/ports.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { PasswordResets } from '../../http/account-ports.ts';
import type { Origin } from '../../http/ports.ts';
import { inTurn } from './accounts.ts';
import type { Db } from './db.ts';
import { lockouts, type Lockout, type Subject } from './lockouts.ts';
import { passwordLinks } from './password-links.ts';
import { requireGoodPassword } from './password-policy.ts';
import type { PasswordPool } from './password-pool.ts';
import type { Trail } from './security-trail.ts';
import { normalEmail } from './users.ts';

type Needs = {
  readonly db: Db;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly passwords: PasswordPool;
  readonly trail: Trail;
  /** How many mails one account may be sent, and how many one address may ask for, before it has to wait. */
  readonly lockout: { readonly account: Lockout; readonly address: Lockout };
  /** Whether mails can be sent at all. */
  readonly canMail: boolean;
  /** Makes what changed known here at once. */
  readonly refresh: () => Promise<void>;
};

export const passwordResets = (needs: Needs): PasswordResets => {
  const { db, clock, newId, passwords, trail, lockout, canMail, refresh } = needs;
  const links = passwordLinks(db, clock);
  const asked = lockouts(db, clock);

  const tell = (userId: string | null, type: 'AccountPasswordResetRequested' | 'AccountPasswordChanged', from: Origin): Promise<void> =>
    trail(
      type === 'AccountPasswordChanged' && userId !== null
        ? { type, data: { userId, by: 'reset' } }
        : { type: 'AccountPasswordResetRequested', data: { userId } },
      {
        commandType: type === 'AccountPasswordChanged' ? 'ResetPassword' : 'RequestPasswordReset',
        actor: { userId: userId ?? 'anonymous', roles: [], terminalId: null },
        locationId: null,
        correlationId: from.correlationId,
        traceParent: from.traceParent,
      },
    );

  return {
    request: async (email, from) => {
      if (!canMail) throw new Rejection('mail-not-configured', 'No mail is sent here: ask a manager to set a new password for you.');
      const subjects: readonly Subject[] = [
        { kind: 'account', name: `reset ${normalEmail(email)}`, lockout: lockout.account },
        { kind: 'address', name: `reset ${from.address}`, lockout: lockout.address },
      ];
      if ((await asked.lockedFor(subjects)) !== null) return;
      await asked.count(subjects);
      const { rows } = await db.query<{ id: string }>({
        name: 'password-reset-for',
        text: 'select id from users where email = $1 and disabled_at is null and terminal_id is null',
        values: [normalEmail(email)],
      });
      await tell(rows[0]?.id ?? null, 'AccountPasswordResetRequested', from);
      // A job for nobody, where there is no such account, costs the same and does nothing.
      await enqueue(db, { id: newId(), userId: rows[0]?.id ?? newId(), now: clock.now(), from });
    },

    confirm: async ({ token, new_password: password }, from) => {
      const owner = await links.find(token);
      if (owner === null) throw voidLink();
      requireGoodPassword(password, owner);
      const hash = await inTurn(passwords, () => passwords.hashNew(password, owner));
      await tell(owner.userId, 'AccountPasswordChanged', from);
      if (!(await links.spend(token, hash))) throw voidLink();
      await asked.forget([{ kind: 'account', name: owner.email, lockout: lockout.account }]);
      await refresh();
    },
  };
};

const voidLink = (): Rejection => new Rejection('reset-link-void', 'This link was used or is too old: ask for another.');

type PasswordLinkJob = { readonly id: string; readonly userId: string; readonly now: Date; readonly from: Origin };

const enqueue = async (db: Db, { id, userId, now, from: { correlationId, traceParent } }: PasswordLinkJob): Promise<void> => {
  await db.query({
    name: 'password-link-job',
    text: `with job as (insert into outbox (id, queue, name, data, cause) values ($1, 'account-mails', 'mail-password-link', $2, $3))
           select pg_notify('outbox', '')`,
    values: [
      id,
      JSON.stringify({ userId }),
      JSON.stringify({ eventId: id, correlationId, locationId: null, occurredAt: now.toISOString(), traceParent }),
    ],
  });
};
