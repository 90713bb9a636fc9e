import { queries } from '../../src/queries/registry.ts';
import { attack, unlessRefused, unlessTold, type Area, type Attack } from './attack.ts';
import { questionOf } from './requests.ts';

const SQL = [
  "' or true --",
  "'; drop table public.events; --",
  "' union select null, password_hash from users --",
  '1) or (1=1',
  "x' and pg_sleep(5) is null --",
  '\u0000',
  '%27%20or%201=1',
  '{"$ne":null}',
];

const paramsOf = queries.flatMap((definition) => [
  ...Object.keys(definition.params.properties)
    .filter((name) => !definition.path.includes(`{${name}}`))
    .map((name) => ({ definition, name })),
  { definition, name: 'sort' },
  { definition, name: 'orderBy' },
  { definition, name: 'filter' },
]);

const THINGS = /items":\[\{/;

/** Asked by somebody who may see nothing there: any row at all is a gain. */
const throughQueries: readonly Attack[] = paramsOf.flatMap(({ definition, name }) =>
  SQL.map((text) =>
    attack(`${definition.name}?${name}=${text}`, async (room) => {
      const caller = await room.attacker('manager');
      const { status, body } = await caller('GET', questionOf(definition, room.victims.ids, { [name]: text }));
      if (status === 200) {
        const told = JSON.stringify(body);
        return definition.path === '/locations' || !THINGS.test(told) ? unlessTold(told, room.victims.secrets) : told.slice(0, 200);
      }
      return unlessRefused({ status, body }, 400, 404);
    }),
  ),
);

const throughPaths = SQL.flatMap((text) =>
  [
    ['GET', `/orders/${encodeURIComponent(text)}`],
    ['GET', `/stock-items/${encodeURIComponent(text)}`],
    ['POST', `/orders/${encodeURIComponent(text)}/send`],
    ['POST', `/jobs/${encodeURIComponent(text)}/retry`],
    ['GET', `/audit/streams/${encodeURIComponent(text)}`],
    ['GET', `/audit/events/${encodeURIComponent(text)}`],
    ['GET', `/audit/events/${encodeURIComponent(text)}/proof`],
    ['GET', `/audit/heads?after=${encodeURIComponent(text)}`],
    ['GET', `/jobs?after=${encodeURIComponent(text)}`],
    ['GET', `/jobs?queue=${encodeURIComponent(text)}`],
    ['GET', `/orders?asOf=${encodeURIComponent(text)}`],
    ['GET', `/orders?min-position=${encodeURIComponent(text)}`],
  ].map(([method = '', path = '']) =>
    attack(`${method} ${path}`, async (room) =>
      unlessRefused(await room.server.owner(method, path, method === 'POST' ? { body: {} } : {}), 400, 404),
    ),
  ),
);

export const sqlInjection: Area = { name: 'SQL in filters, orders, cursors and paths', attacks: [...throughQueries, ...throughPaths] };

export const parameterPollution: Area = {
  name: 'parameters given twice, or as something else',
  attacks: queries.flatMap((definition) =>
    Object.keys(definition.params.properties)
      .filter((name) => !definition.path.includes(`{${name}}`))
      .flatMap((name) =>
        [`${name}=1&${name}=2`, `${name}[]=1`, `${name}[$ne]=1`].map((query) =>
          attack(`${definition.name}?${query}`, async (room) => {
            const path = questionOf(definition, room.victims.ids);
            return unlessRefused(await room.server.owner('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`), 400);
          }),
        ),
      ),
  ),
};

const SPREADSHEETS = ['text/csv', 'application/vnd.ms-excel', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'];

/** There is no spreadsheet to put a formula into: whoever asks for one gets JSON, marked so that nothing guesses otherwise. */
export const spreadsheets: Area = {
  name: 'formulas in exported tables',
  attacks: [
    ...queries.map((definition) => ({
      name: definition.name,
      path: (ids: { readonly [name: string]: string }) => questionOf(definition, ids),
    })),
    {
      name: 'audit export',
      path: () => '/audit/export',
    },
  ].flatMap(({ name, path }) =>
    SPREADSHEETS.map((accept) =>
      attack(`${name} as ${accept}`, async (room) => {
        const { headers } = await room.server.owner('GET', path(room.victims.ids), { headers: { accept } });
        const type = headers.get('content-type') ?? '';
        return /^application\/(x-nd)?json/.test(type) && headers.get('x-content-type-options') === 'nosniff' ? null : type;
      }),
    ),
  ),
};
