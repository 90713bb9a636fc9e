import { createHash, randomBytes } from 'node:crypto';
import { placesFor } from '../../commands/roles.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { Approvals } from '../../http/account-ports.ts';
import { ownProvenance } from './accounts.ts';
import { pinHolders, placeOf, type PinNeeds } from './pins.ts';

const LIFETIME_SECONDS = 120;

type Needs = Omit<PinNeeds, 'passwords' | 'metrics' | 'tokensFor'>;
type Row = { readonly approverId: string };

/** Once it was used: whoever lost the answer sends the same again, also after an evening without a network. */
const RETRIED_SECONDS = 86_400;

/** Good for one thing at one terminal, to be brought within two minutes. */
export const approvals = (needs: Needs): Approvals => {
  const { db, clock, trail } = needs;
  const holderOf = pinHolders(needs);
  return {
    give: async (at, { pin, permission, subject }, from) => {
      const { terminalId, locationId } = placeOf(at);
      const { userId, name, holder } = await holderOf(at, pin, 'Approve', from);
      if (placesFor(holder, permission)?.includes(locationId) !== true)
        throw new Rejection('approver-not-permitted', `${name} may not approve this: ask somebody who has ${permission}.`);
      await trail({ type: 'AccountApprovalGiven', data: { userId, permission, subject } }, ownProvenance(at, 'Approve', from));
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      await db.query({
        name: 'approval-give',
        text: `with swept as (delete from approvals where expires_at <= $7)
               insert into approvals (token_hash, approver_id, permission, subject, terminal_id, expires_at) values ($1, $2, $3, $4, $5, $6)`,
        values: [hashOf(token), userId, permission, subject, terminalId, new Date(now.getTime() + LIFETIME_SECONDS * 1000), now],
      });
      return { approval: token, approved_by: name, expires_in: LIFETIME_SECONDS };
    },

    redeem: async ({ terminalId, locationIds }, { token, permission, subject }) => {
      if (terminalId === null) return null;
      const { rows } = await db.query<Row>({
        name: 'approval-redeem',
        text: `update approvals a set expires_at = case when a.expires_at <= $5::timestamptz + make_interval(secs => $7)
                   then $5::timestamptz + make_interval(secs => $6) else a.expires_at end
               from users u
               where u.id = a.approver_id and u.disabled_at is null
                 and a.token_hash = $1 and a.permission = $2 and a.subject = $3 and a.terminal_id = $4 and a.expires_at > $5
               returning a.approver_id as "approverId"`,
        values: [hashOf(token), permission, subject, terminalId, clock.now(), RETRIED_SECONDS, LIFETIME_SECONDS],
      });
      // It was given by somebody who may do this where the terminal stands, and counts nowhere else.
      return rows[0] === undefined ? null : { approverId: rows[0].approverId, places: locationIds?.slice(0, 1) ?? [] };
    },
  };
};

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
