import type { Clock, NewId } from '../../commands/ports.ts';
import { holdsAll, roles } from '../../commands/roles.ts';
import { Rejection } from '../../domain/rejection.ts';
import type { Terminals, TerminalView } from '../../http/account-ports.ts';
import { ownProvenance, requireOwnSession } from './accounts.ts';
import type { Db } from './db.ts';
import type { PostgresIdentity } from './identity.ts';
import type { Trail } from './security-trail.ts';
import { sessions } from './sessions.ts';
import { createUser } from './users.ts';

type Needs = {
  readonly db: Db;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly trail: Trail;
  readonly refreshTokenSeconds: number;
  readonly tokensFor: PostgresIdentity['tokensFor'];
};

/** A terminal is an account without a password: it has the session it was enrolled with, and is removed like any other account. */
export const terminals = ({ db, clock, newId, trail, refreshTokenSeconds, tokensFor }: Needs): Terminals => {
  const chain = sessions(db, { lifetimeSeconds: refreshTokenSeconds, longestSeconds: null, clock });
  return {
    list: async (places) => {
      const { rows } = await db.query<TerminalView>({
        name: 'terminals',
        text: `select id, terminal_id as "terminalId", location_ids as "locationIds", disabled_at is not null as disabled from users
               where terminal_id is not null and removed_at is null and ($1::text[] is null or location_ids <@ $1) order by terminal_id`,
        values: [places],
      });
      return rows;
    },

    enrol: async (by, places, { name, locationId }, from) => {
      requireOwnSession(by);
      if ((places !== null && !places.includes(locationId)) || !holdsAll(by, roles.terminal, [locationId]))
        throw new Rejection('grant-beyond-own', 'A terminal stands at a location of yours: say which with locationId.');
      const id = newId();
      const user = { id, roles: ['terminal'], locationIds: [locationId], terminalId: name };
      const unusable = { email: `${name}@terminal.invalid`, fullName: name, passwordHash: '', createdAt: clock.now() };
      await trail(
        { type: 'AccountTerminalEnrolled', data: { userId: id, terminalId: name, locationId } },
        { ...ownProvenance(by, 'EnrolTerminal', from), locationId },
      );
      if (!(await createUser(db, { ...user, ...unusable })))
        throw new Rejection('terminal-exists', `There is a terminal ${name} already: remove it, or give this one another name.`);
      const session = await chain.open({ userId: id, method: 'terminal', at: null });
      const tokens = await tokensFor({ userId: id, tokenVersion: 1 }, session);
      return { id, terminalId: name, locationIds: [locationId], disabled: false, tokens };
    },
  };
};
