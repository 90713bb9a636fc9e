import { randomUUID } from 'node:crypto';
import { commands } from '../../src/commands/registry.ts';
import { attack, unlessRefused, unlessRefusedSomehow, type Area, type Attack } from './attack.ts';
import { ownIdOf, requestOf, routedCommands, type Fields, type RoutedCommand } from './requests.ts';
import type { Room } from './room.ts';

const send = async (room: Room, definition: RoutedCommand, change: (body: Fields) => unknown) => {
  const { method, path, body = {} } = requestOf(definition, room.victims.ids, ownIdOf(definition));
  return room.server.owner(method, path, { headers: { 'idempotency-key': randomUUID() }, body: change(body) });
};

/** What only the server may say. */
const OURS: { readonly [name: string]: unknown } = {
  roles: ['owner'],
  permission: '*',
  actor: { userId: '01939f3a-1000-7000-8000-000000000001', roles: ['owner'], terminalId: null },
  locationIds: null,
  revision: 99,
  status: 'closed',
  approvedBy: '01939f3a-1000-7000-8000-000000000001',
  approval: 'A'.repeat(43),
};

const massAssignment = routedCommands.flatMap((definition) =>
  Object.entries(OURS).flatMap(([name, value]) =>
    name in definition.input.properties
      ? []
      : [
          attack(`${definition.type} with ${name}`, async (room) =>
            unlessRefused(await send(room, definition, (body) => ({ ...body, [name]: value })), 400),
          ),
        ],
  ),
);

const escalation: readonly Attack[] = [
  ...commands.flatMap(({ type, permission }) =>
    permission !== null
      ? []
      : [
          attack(`${type}, which only the system sends, through the batch door`, async (room) => {
            const { body } = await room.server.owner<{ readonly outcomes: readonly { readonly status: number; readonly body: object }[] }>(
              'POST',
              '/commands',
              { body: { commands: [{ type, key: randomUUID(), data: { stockItemId: room.victims.ids['stockItemId'], uses: [] } }] } },
            );
            const outcome = body.outcomes[0];
            return outcome === undefined ? 'no outcome' : unlessRefused(outcome, 400);
          }),
        ],
  ),
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((type) =>
    attack(`the command ${type}`, async (room) => {
      const { body } = await room.server.owner<{ readonly outcomes: readonly { readonly status: number; readonly body: object }[] }>(
        'POST',
        '/commands',
        { body: { commands: [{ type, key: randomUUID(), data: {} }] } },
      );
      const outcome = body.outcomes[0];
      return outcome === undefined ? 'no outcome' : unlessRefused(outcome, 400);
    }),
  ),
  ...['A'.repeat(43), "' or true --", '__proto__', 'null'].flatMap((approval) => [
    attack(`voiding a line in the batch with the approval ${approval.slice(0, 12)}`, async (room) => {
      const { orderId, lineId } = room.victims.ids;
      const command = { type: 'VoidOrderLine', key: randomUUID(), data: { orderId, lineId, reason: 'x' }, approval };
      const { body } = await (
        await room.attacker('display')
      )<{ readonly outcomes: readonly { readonly status: number; readonly body: object }[] }>('POST', '/commands', {
        body: { commands: [command] },
      });
      const outcome = body.outcomes[0];
      return outcome === undefined ? 'no outcome' : unlessRefused(outcome, 403);
    }),
  ]),
  ...[{ approver: 'owner' }, ['A'.repeat(43)], true, ''].map((approval) =>
    attack(`voiding a line in the batch with ${JSON.stringify(approval)} for an approval`, async (room) => {
      const command = { type: 'VoidOrderLine', key: randomUUID(), data: {}, approval };
      return unlessRefused(await (await room.attacker('display'))('POST', '/commands', { body: { commands: [command] } }), 400);
    }),
  ),
  ...['roles', 'role', 'userId', 'locationIds', 'terminalId', 'admin', 'ver'].map((name) =>
    attack(`logging in with ${name}`, async (room) => {
      const { email } = await room.cook();
      const body = { email, password: 'a long enough password', [name]: ['owner'] };
      return unlessRefused(await room.server.nobody('POST', '/auth/login', { body }), 400);
    }),
  ),
  attack('a command sent in the name of another, by a field of the batch', async (room) => {
    const command = {
      type: 'CloseOrder',
      key: randomUUID(),
      data: { orderId: room.victims.ids['orderId'] },
      principal: { roles: ['owner'] },
    };
    return unlessRefused(await (await room.attacker('display'))('POST', '/commands', { body: { commands: [command] } }), 400);
  }),
  attack('what happens tomorrow', async (room) => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const definition = routedCommands.find(({ type }) => type === 'SeatTable');
    return definition === undefined
      ? 'no command'
      : unlessRefused(await send(room, definition, (body) => ({ ...body, occurredAt: tomorrow })), 400);
  }),
];

export const roleEscalation: Area = { name: 'fields that only the server sets', attacks: [...massAssignment, ...escalation] };

/** Values that loose code takes for others. */
const JUGGLED: readonly (readonly [what: string, value: unknown])[] = [
  ['true', true],
  ['a list', [['x']]],
  ['an object of operators', { $gt: '' }],
  ['nothing', null],
  ['a number beyond all', 1e308],
];

const isTaken = (schema: unknown, value: unknown): boolean => {
  const { type, anyOf } = schema as { readonly type?: string; readonly anyOf?: readonly unknown[] };
  if (anyOf !== undefined) return anyOf.some((one) => isTaken(one, value));
  if (value === null) return type === 'null';
  if (value === true) return type === 'boolean';
  return typeof value === 'number' && type === 'number';
};

const juggling = routedCommands.flatMap((definition) =>
  Object.entries(definition.input.properties)
    .filter(([name]) => !definition.route.path.includes(`{${name}}`))
    .flatMap(([name, schema]) =>
      JUGGLED.filter(([, value]) => !isTaken(schema, value)).map(([what, value]) =>
        attack(`${definition.type} with ${what} as ${name}`, async (room) =>
          unlessRefused(await send(room, definition, (body) => ({ ...body, [name]: value })), 400),
        ),
      ),
    ),
);

const loginJuggling = ['email', 'password'].flatMap((name) =>
  JUGGLED.map(([what, value]) =>
    attack(`logging in with ${what} as ${name}`, async (room) => {
      const { email } = await room.cook();
      const body = { email, password: 'a long enough password', [name]: value };
      return unlessRefused(await room.server.nobody('POST', '/auth/login', { body }), 400);
    }),
  ),
);

const bodies: readonly Attack[] = ['[]', '"text"', '1', 'true', 'null', '[{}]', '[[]]'].map((body) =>
  attack(`the body ${body}`, async (room) =>
    unlessRefused(await room.server.owner('POST', '/orders', { headers: { 'content-type': 'application/json' }, body }), 400),
  ),
);

export const typeJuggling: Area = { name: 'values of other types', attacks: [...juggling, ...loginJuggling, ...bodies] };

const POLLUTING = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"__proto__":[],"orderType":"takeaway"}',
  '{"orderType":"takeaway","__proto__":{"polluted":true}}',
  '{"a":{"__proto__":{"polluted":true}}}',
  '{"prototype":{"polluted":true}}',
  '{"\\u005f\\u005fproto\\u005f\\u005f":{"polluted":true}}',
  '{"commands":[{"type":"CloseOrder","key":"k","data":{"__proto__":{"polluted":true}}}]}',
  '{"commands":[{"type":"CloseOrder","key":"k","data":{"constructor":{"prototype":{"polluted":true}}}}]}',
];
const DOORS = ['/orders', '/commands', '/auth/login', '/auth/refresh', '/live/tickets'];

const polluted = (): string | null => ({} as Fields)['polluted'] === undefined ? null : 'every object is polluted';

export const prototypePollution: Area = {
  name: 'prototype pollution',
  attacks: [
    ...DOORS.flatMap((door) =>
      POLLUTING.map((body) =>
        attack(`${body} to ${door}`, async ({ server }) => {
          const answer = await server.owner<{ readonly outcomes?: readonly { readonly status: number; readonly body: object }[] }>(
            'POST',
            door,
            {
              headers: { 'content-type': 'application/json' },
              body,
            },
          );
          const outcome = answer.body.outcomes?.[0] ?? answer;
          return polluted() ?? (door === '/live/tickets' ? null : unlessRefusedSomehow(outcome));
        }),
      ),
    ),
    ...[
      '__proto__[polluted]=true',
      'constructor[prototype][polluted]=true',
      '__proto__=x',
      'constructor=x',
      'toString=x',
      'hasOwnProperty=x',
    ].flatMap((query) =>
      ['/orders', '/menu', '/audit/events', '/jobs'].map((path) =>
        attack(`${path}?${query}`, async ({ server }) => polluted() ?? unlessRefused(await server.owner('GET', `${path}?${query}`), 400)),
      ),
    ),
  ],
};
