import { randomUUID } from 'node:crypto';
import { rolesPermit, type Role } from '../../src/commands/roles.ts';
import { queries } from '../../src/queries/registry.ts';
import type { TopicName } from '../../src/http/live/protocol.ts';
import { connectLive, enterLive } from '../support/live-client.ts';
import type { Reply } from '../support/server.ts';
import { attack, unlessRefused, unlessTold, type Area, type Attack } from './attack.ts';
import { ownIdOf, pathWith, questionOf, requestOf, routedCommands } from './requests.ts';
import { ALL_ROLES, type Room } from './room.ts';

/** 403 where the role may not do it anywhere, 404 where it may, but not there. */
const expected = (role: Role, permission: string): number => (rolesPermit([role], permission) ? 404 : 403);

const forEachRole = (name: string, permission: string, run: (room: Room, role: Role) => Promise<Reply<unknown>>): readonly Attack[] =>
  ALL_ROLES.map((role) => attack(`${name} as ${role}`, async (room) => unlessRefused(await run(room, role), expected(role, permission))));

const commandAttacks = routedCommands.flatMap((definition) =>
  definition.type === 'DefineLocation'
    ? []
    : forEachRole(definition.type, definition.permission, async (room, role) => {
        const { method, path, body } = requestOf(definition, room.victims.ids, ownIdOf(definition));
        const caller = await room.attacker(role);
        return caller(method, path, { headers: { 'idempotency-key': randomUUID() }, ...(body === undefined ? {} : { body }) });
      }),
);

const batchAttacks = routedCommands.flatMap((definition) =>
  definition.type === 'DefineLocation'
    ? []
    : [
        attack(`${definition.type} through the batch door as manager`, async (room) => {
          const { path: _, body = {} } = requestOf(definition, room.victims.ids, ownIdOf(definition));
          const named = Object.keys(definition.input.properties).filter((name) => (definition.route.path ?? '').includes(`{${name}}`));
          const data = { ...body, ...Object.fromEntries(named.map((name) => [name, room.victims.ids[name]])) };
          const caller = await room.attacker('manager');
          const answer = await caller<{ readonly outcomes: readonly { readonly status: number; readonly body: object }[] }>(
            'POST',
            '/commands',
            {
              body: { commands: [{ type: definition.type, key: randomUUID(), data }] },
            },
          );
          const outcome = answer.body.outcomes[0];
          return outcome === undefined ? `${answer.status}` : unlessRefused(outcome, expected('manager', definition.permission));
        }),
      ],
);

/** A list shows nothing of theirs; one thing of theirs is not there. */
const queryAttacks = queries.flatMap((definition) =>
  ALL_ROLES.flatMap((role) =>
    [{}, ...('locationId' in definition.params.properties ? ['theirs'] : [])].map((about) =>
      attack(`${definition.name}${about === 'theirs' ? ' of their location' : ''} as ${role}`, async (room) => {
        const { ids, secrets } = room.victims;
        const path = questionOf(definition, ids, about === 'theirs' ? { locationId: ids['locationId'] ?? '' } : {});
        const { status, body } = await (await room.attacker(role))('GET', path);
        if (status === 403) return rolesPermit([role], definition.permission) ? '403 in place of an answer' : null;
        if (definition.path.includes('{')) return unlessRefused({ status, body }, 404);
        return status === 200 || status === 404 ? unlessTold(status === 404 ? '' : body, secrets) : `${status}`;
      }),
    ),
  ),
);

type HandMade = {
  readonly permission: string;
  readonly path: (ids: Room['victims']['ids']) => string;
  /** `gift`: what one gives to whom; any refusal is one. */
  readonly is: 'thing' | 'list' | 'gift';
  readonly body?: (ids: Room['victims']['ids']) => object;
};

const NEW_PASSWORD = 'seven purple herons wade';

/** Routes that no registry has. Whoever adds one says here how it could show or change another location's things. */
const handMade: { readonly [route: string]: HandMade | 'everybody’s' | 'the asker’s own' | 'by command' } = {
  'GET /health/live': 'everybody’s',
  'GET /health/ready': 'everybody’s',
  'GET /.well-known/jwks.json': 'everybody’s',
  'POST /api/v1/auth/login': 'everybody’s',
  'POST /api/v1/auth/refresh': 'the asker’s own',
  'POST /api/v1/auth/logout': 'the asker’s own',
  'GET /api/v1/openapi.json': 'everybody’s',
  'GET /': 'everybody’s',
  'GET /kds': 'everybody’s',
  'GET /pos': 'everybody’s',
  'GET /docs': 'everybody’s',
  'GET /icon.svg': 'everybody’s',
  'POST /api/v1/commands': 'by command',
  'GET /api/v1/audit/export': { permission: 'audit.export', path: () => '/audit/export', is: 'list' },
  'GET /api/v1/audit/streams/:stream': { permission: 'audit.read', path: ({ orderId }) => `/audit/streams/Order-${orderId}`, is: 'thing' },
  'GET /api/v1/audit/heads': { permission: 'audit.read', path: () => '/audit/heads', is: 'list' },
  'GET /api/v1/audit/events/:position': { permission: 'audit.read', path: () => '/audit/events/1', is: 'thing' },
  'GET /api/v1/audit/events/:position/proof': { permission: 'audit.read', path: () => '/audit/events/1/proof', is: 'thing' },
  'GET /health': { permission: 'health.read', path: () => '//health', is: 'list' },
  'GET /api/v1/users/me': 'the asker’s own',
  'PUT /api/v1/users/me': 'the asker’s own',
  'POST /api/v1/users/me/pin': 'the asker’s own',
  'PUT /api/v1/auth/password': 'the asker’s own',
  'POST /api/v1/auth/register': 'everybody’s',
  'POST /api/v1/auth/password/forgot': 'everybody’s',
  'POST /api/v1/auth/password/reset': 'the asker’s own',
  'GET /reset-password': 'everybody’s',
  'POST /api/v1/auth/pin': 'the asker’s own',
  'POST /api/v1/auth/approvals': 'the asker’s own',
  'POST /api/v1/auth/second-factor': 'the asker’s own',
  'POST /api/v1/auth/second-factor/confirm': 'the asker’s own',
  'POST /api/v1/auth/second-factor/remove': 'the asker’s own',
  'GET /api/v1/users': { permission: 'user.read', path: () => '/users', is: 'list' },
  'POST /api/v1/users': {
    permission: 'user.create',
    path: () => '/users',
    is: 'gift',
    body: ({ locationId }) => ({
      email: `${randomUUID()}@b.test`,
      password: NEW_PASSWORD,
      full_name: 'A B',
      roles: ['cook'],
      locationIds: [locationId],
    }),
  },
  'GET /api/v1/users/:id': { permission: 'user.read', path: ({ userId }) => `/users/${userId}`, is: 'thing' },
  'PUT /api/v1/users/:id': {
    permission: 'user.change',
    path: ({ userId }) => `/users/${userId}`,
    is: 'thing',
    body: () => ({ password: NEW_PASSWORD }),
  },
  'DELETE /api/v1/users/:id': { permission: 'user.remove', path: ({ userId }) => `/users/${userId}`, is: 'thing' },
  'GET /api/v1/roles': { permission: 'role.read', path: () => '/roles', is: 'list' },
  'POST /api/v1/roles': {
    permission: 'role.define',
    path: () => '/roles',
    is: 'gift',
    body: ({ locationId }) => ({ name: 'theirs', permissions: ['order.read'], locationId }),
  },
  'PUT /api/v1/roles/:id': {
    permission: 'role.change',
    path: ({ roleId }) => `/roles/${roleId}`,
    is: 'thing',
    body: () => ({ permissions: ['order.read'] }),
  },
  'DELETE /api/v1/roles/:id': { permission: 'role.remove', path: ({ roleId }) => `/roles/${roleId}`, is: 'thing' },
  'GET /api/v1/terminals': { permission: 'terminal.read', path: () => '/terminals', is: 'list' },
  'POST /api/v1/terminals': {
    permission: 'terminal.enrol',
    path: () => '/terminals',
    is: 'gift',
    body: ({ locationId }) => ({ name: 'theirs', locationId }),
  },
  'GET /api/v1/refresh_tokens': 'the asker’s own',
  'GET /api/v1/refresh_tokens/:id': 'the asker’s own',
  'DELETE /api/v1/refresh_tokens/:id': 'the asker’s own',
  'POST /api/v1/privacy/erasures': {
    permission: 'privacy.erase',
    path: () => '/privacy/erasures',
    is: 'thing',
    body: ({ orderId }) => ({ subjectId: orderId, reason: 'requested' }),
  },
  'GET /api/v1/privacy/erasures/:subjectId': {
    permission: 'privacy.erase',
    path: ({ orderId }) => `/privacy/erasures/${orderId}`,
    is: 'thing',
  },
  'GET /api/v1/privacy/exports/:subjectId': {
    permission: 'privacy.export',
    path: ({ orderId }) => `/privacy/exports/${orderId}`,
    is: 'thing',
  },
  'POST /api/v1/live/tickets': 'the asker’s own',
  'GET /api/v1/jobs': { permission: 'jobs.read', path: () => '/jobs', is: 'list' },
  'POST /api/v1/jobs/:jobId/retry': { permission: 'jobs.retry', path: () => `/jobs/${randomUUID()}/retry`, is: 'thing' },
};

const handMadeAttacks = Object.entries(handMade).flatMap(([route, how]) =>
  typeof how === 'string'
    ? []
    : ALL_ROLES.map((role) =>
        attack(`${route} as ${role}`, async (room) => {
          const { ids } = room.victims;
          const { status, body } = await (
            await room.attacker(role)
          )(route.split(' ')[0] ?? '', how.path(ids), how.body === undefined ? {} : { body: how.body(ids) });
          if (!rolesPermit([role], how.permission)) return unlessRefused({ status, body }, 403);
          if (how.is === 'gift') return unlessRefused({ status, body }, 403, 404, 409);
          return how.is === 'thing' ? unlessRefused({ status, body }, 404) : unlessTold(body, room.victims.secrets);
        }),
      ),
);

const everyRoute = attack('a route that nobody has thought of', async (room) => {
  const forgotten = room.routes.filter((route) => !(route in handMade) && !route.startsWith('GET /assets/'));
  const gone = Object.keys(handMade).filter((route) => !room.routes.includes(route));
  return forgotten.length + gone.length === 0 ? null : `not in handMade: ${forgotten.join(', ')}; not there: ${gone.join(', ')}`;
});

const TOPICS: { readonly [Name in TopicName]: string } = {
  kitchen: 'kitchen.read',
  expo: 'kitchen.read',
  'all-day': 'kitchen.read',
  tables: 'tables.read',
  alerts: 'alerts.read',
};
const topicAttacks = (Object.keys(TOPICS) as readonly TopicName[]).flatMap((topic) =>
  ALL_ROLES.map((role) =>
    attack(`the live topic ${topic} as ${role}`, async ({ attacker, server, victims }) => {
      const { body } = await (await attacker(role))<{ readonly ticket: string }>('POST', '/live/tickets');
      const client = await enterLive(server.baseUrl, body.ticket);
      client.send({
        type: 'subscribe',
        id: 'theirs',
        topic,
        locationId: victims.ids['locationId'] ?? '',
        ...(topic === 'kitchen' ? { station: 'grill' } : {}),
      });
      const { code } = await client.closed;
      return code === 4403 ? unlessTold(client.frames, victims.secrets) : `closed with ${code}`;
    }),
  ),
);

const accounts: readonly Attack[] = [
  ...ALL_ROLES.flatMap((role) =>
    (['GET', 'DELETE'] as const).map((method) =>
      attack(`${method} another’s session as ${role}`, async (room) =>
        unlessRefused(await (await room.attacker(role))(method, `/refresh_tokens/${room.victims.ids['sessionId']}`), 404),
      ),
    ),
  ),
  ...ALL_ROLES.filter((role) => role !== 'owner').flatMap((role) =>
    [['owner'], ['manager', 'auditor', 'owner']].map((roles) =>
      attack(`making an account of ${roles.join(', ')} as ${role}`, async (room) => {
        const body = { email: `${randomUUID()}@b.test`, password: NEW_PASSWORD, full_name: 'A B', roles, locationIds: [room.elsewhere] };
        return unlessRefused(await (await room.attacker(role))('POST', '/users', { body }), 403);
      }),
    ),
  ),
  ...ALL_ROLES.map((role) =>
    attack(`an account of every location as ${role} of one`, async (room) => {
      const body = { email: `${randomUUID()}@b.test`, password: NEW_PASSWORD, full_name: 'A B', roles: ['cook'], locationIds: null };
      return unlessRefused(await (await room.attacker(role))('POST', '/users', { body }), 403, 404);
    }),
  ),
  ...ALL_ROLES.filter((role) => role !== 'owner').map((role) =>
    attack(`raising oneself as ${role}`, async (room) => {
      const caller = await room.attacker(role);
      const { body } = await caller<{ readonly id?: string }>('GET', '/users/me');
      return unlessRefused(await caller('PUT', `/users/${body.id}`, { body: { roles: ['owner'], locationIds: null } }), 403, 404);
    }),
  ),
  ...ALL_ROLES.filter((role) => role !== 'owner').map((role) =>
    attack(`a role of all permissions as ${role}`, async (room) => {
      const body = { name: 'mighty', permissions: ['*'], locationId: room.elsewhere };
      return unlessRefused(await (await room.attacker(role))('POST', '/roles', { body }), 400, 403);
    }),
  ),
  ...ALL_ROLES.map((role) =>
    attack(`raising oneself by one’s own account as ${role}`, async (room) =>
      unlessRefused(
        await (
          await room.attacker(role)
        )('PUT', '/users/me', { body: { full_name: 'A B', roles: ['owner'], locationIds: null } }),
        400,
      ),
    ),
  ),
];

const references: readonly Attack[] = [
  attack('an order of ours at a table of theirs', async (room) => {
    const caller = await room.attacker('manager');
    const body = { locationId: room.elsewhere, orderType: 'dine-in', tableId: room.victims.ids['tableId'], covers: 2 };
    return unlessRefused(await caller('POST', '/orders', { body }), 404, 409);
  }),
  attack('a dish of theirs on an order of ours', async (room) => {
    const caller = await room.attacker('manager');
    const orderId = randomUUID();
    await caller('POST', '/orders', { body: { orderId, locationId: room.elsewhere, orderType: 'takeaway' } });
    const lines = [{ menuItemId: room.victims.ids['menuItemId'], quantity: 1 }];
    return unlessRefused(await caller('POST', `/orders/${orderId}/lines`, { body: { lines } }), 404, 409);
  }),
  attack('an order of theirs opened again as ours', async (room) => {
    const caller = await room.attacker('manager');
    const body = { orderId: room.victims.ids['orderId'], locationId: room.elsewhere, orderType: 'takeaway' };
    return unlessRefused(await caller('POST', '/orders', { body }), 404);
  }),
  attack('a location of one’s own making', async (room) => {
    const caller = await room.attacker('manager');
    const body = { name: 'Mine', timeZone: 'UTC', currency: 'USD', dayStartsAt: '04:00' };
    return unlessRefused(await caller('POST', '/locations', { body }), 403, 404);
  }),
  attack('a page after an order of theirs', async (room) => {
    const { body } = await (await room.attacker('manager'))('GET', `/orders?after=${room.victims.ids['orderId']}`);
    return unlessTold(body, room.victims.secrets);
  }),
  attack('another’s answer by his Idempotency-Key', async (room) => {
    const key = randomUUID();
    const { orderId = '' } = room.victims.ids;
    await room.server.owner('POST', `/orders/${orderId}/send`, { headers: { 'idempotency-key': key }, body: {} });
    const caller = await room.attacker('manager');
    return unlessRefused(await caller('POST', `/orders/${orderId}/send`, { headers: { 'idempotency-key': key }, body: {} }), 404);
  }),
  attack('a subscription before authentication', async ({ server, victims }) => {
    const client = await connectLive(server.baseUrl);
    client.send({ type: 'subscribe', id: 'x', topic: 'expo', locationId: victims.ids['locationId'] ?? '' });
    const { code } = await client.closed;
    return code === 4401 ? unlessTold(client.frames, victims.secrets) : `closed with ${code}`;
  }),
  ...['Order-', 'order-', 'ORDER-'].map((prefix) =>
    attack(`their order's stream as ${prefix}`, async (room) => {
      const path = `/audit/streams/${encodeURIComponent(prefix + (room.victims.ids['orderId'] ?? ''))}`;
      return unlessRefused(await (await room.attacker('auditor'))('GET', path), 404);
    }),
  ),
];

/** What makes the attacks above worth something: the same requests are good ones when those ask to whom the things belong. */
export const goodRequests = async (room: Room): Promise<readonly string[]> => {
  const bad: string[] = [];
  for (const definition of routedCommands) {
    const { method, path, body } = requestOf(definition, room.victims.ids, ownIdOf(definition));
    const { status, body: answer } = await room.server.owner(method, path, body === undefined ? {} : { body });
    if ([400, 403, 404].includes(status) || status >= 500) bad.push(`${definition.type}: ${status} ${JSON.stringify(answer)}`);
  }
  for (const definition of queries) {
    const { status } = await room.server.owner('GET', questionOf(definition, room.victims.ids));
    if (status !== 200) bad.push(`${definition.name}: ${status} ${pathWith(definition.path, room.victims.ids)}`);
  }
  return bad;
};

export const otherLocations: Area = {
  name: 'another location’s things, by every route and live topic, in every role',
  attacks: [
    ...commandAttacks,
    ...batchAttacks,
    ...queryAttacks,
    ...handMadeAttacks,
    everyRoute,
    ...topicAttacks,
    ...accounts,
    ...references,
  ],
};
