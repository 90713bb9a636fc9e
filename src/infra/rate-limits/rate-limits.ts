import { networkOf } from '../../http/client-address.ts';
import type { Principal, RateLimits, RateVerdict } from '../../http/ports.ts';
import type { Ask, Buckets, Taken } from './buckets.ts';
import { coversRequest, isOfArrivals, plainPath, rulesFrom, type Rule } from './rules.ts';

/** `probes` stay answerable for whoever restarts us, whatever else is down: their buckets are kept here. */
export type RateLimitNeeds = { readonly table: readonly string[]; readonly shared: Buckets; readonly local: Buckets };

const PROBES = '/health/';

export const rateLimits = ({ table, shared, local }: RateLimitNeeds): RateLimits => {
  const rules = rulesFrom(table);
  const ofArrivals = rules.filter(isOfArrivals);
  const ofKnown = rules.filter((rule) => !isOfArrivals(rule));

  const take = (path: string, asks: readonly Ask[]): RateVerdict | null | Promise<RateVerdict | null> => {
    if (asks.length === 0) return null;
    const taken = (path.startsWith(PROBES) ? local : shared).take(asks);
    return taken instanceof Promise ? taken.then(verdictOf) : verdictOf(taken);
  };

  return {
    arriving: ({ method, path, address }) => {
      const asked = plainly(method, path);
      const rules = ofArrivals.filter((rule) => coversRequest(rule, asked));
      return take(
        path,
        rules.map((rule) => ({ rule, subject: rule.per === 'address' ? networkOf(address) : '' })),
      );
    },
    known: ({ method, path, address }, principal) => {
      const asked = plainly(method, path);
      const rules = ofKnown.filter((rule) => coversRequest(rule, asked) && (rule.role === null || principal.roles.includes(rule.role)));
      return take(
        path,
        rules.map((rule) => ({ rule, subject: subjectOf(rule, address, principal) })),
      );
    },
  };
};

/** HEAD costs what GET costs. */
const plainly = (method: string, path: string) => ({ method: method === 'HEAD' ? 'GET' : method, path: plainPath(path) });

const subjectOf = ({ per, role }: Rule, address: string, { userId, roles }: Principal): string => {
  switch (per) {
    case 'address':
      return networkOf(address);
    case 'user':
      return userId;
    case 'role':
      return role ?? roles.join('+');
    case 'everyone':
      return '';
  }
};

const verdictOf = ({ rule, left, waitSeconds }: Taken): RateVerdict => ({
  rule: rule.name,
  granted: waitSeconds === 0,
  policy: rule.policy,
  remaining: Math.floor(left),
  resetSeconds: Math.ceil(waitSeconds === 0 ? (rule.burst - left) / rule.perSecond : waitSeconds),
});
