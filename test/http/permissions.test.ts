import { expect } from 'chai';
import { commands } from '../../src/commands/registry.ts';
import { isRole, roles, routePermissions, rolesPermit, type Role } from '../../src/commands/roles.ts';
import { queries } from '../../src/queries/registry.ts';
import { testServer, type Caller, type TestServer } from '../support/server.ts';

const ID = '01939f3a-1000-7000-8000-000000000001';
const filled = (path: string): string =>
  path
    .replaceAll('{ticketId}', `${ID}.1`)
    .replaceAll(/\{(stationId|categoryId)\}/g, 'grill')
    .replaceAll(/\{\w+\}/g, ID);

type Door = { readonly name: string; readonly method: string; readonly path: string; readonly permission: string };
const doors: readonly Door[] = [
  ...commands.flatMap(({ type, route, permission }) =>
    route === null || permission === null ? [] : [{ name: type, method: route.method, path: filled(route.path), permission }],
  ),
  ...queries.map(({ name, path, permission }) => ({ name, method: 'GET', path: filled(path), permission })),
  { name: 'audit export', method: 'GET', path: '/audit/export', permission: 'audit.export' },
  { name: 'audit stream', method: 'GET', path: `/audit/streams/Order-${ID}`, permission: 'audit.read' },
  { name: 'log heads', method: 'GET', path: '/audit/heads', permission: 'audit.read' },
  { name: 'event line', method: 'GET', path: '/audit/events/1', permission: 'audit.read' },
  { name: 'event proof', method: 'GET', path: '/audit/events/1/proof', permission: 'audit.read' },
  { name: 'jobs', method: 'GET', path: '/jobs', permission: 'jobs.read' },
  { name: 'users', method: 'GET', path: '/users', permission: 'user.read' },
  { name: 'user', method: 'GET', path: `/users/${ID}`, permission: 'user.read' },
  { name: 'create a user', method: 'POST', path: '/users', permission: 'user.create' },
  { name: 'change a user', method: 'PUT', path: `/users/${ID}`, permission: 'user.change' },
  { name: 'remove a user', method: 'DELETE', path: `/users/${ID}`, permission: 'user.remove' },
  { name: 'roles', method: 'GET', path: '/roles', permission: 'role.read' },
  { name: 'define a role', method: 'POST', path: '/roles', permission: 'role.define' },
  { name: 'change a role', method: 'PUT', path: `/roles/${ID}`, permission: 'role.change' },
  { name: 'remove a role', method: 'DELETE', path: `/roles/${ID}`, permission: 'role.remove' },
  { name: 'terminals', method: 'GET', path: '/terminals', permission: 'terminal.read' },
  { name: 'enrol a terminal', method: 'POST', path: '/terminals', permission: 'terminal.enrol' },
  { name: 'erase a person', method: 'POST', path: '/privacy/erasures', permission: 'privacy.erase' },
  { name: 'an erasure', method: 'GET', path: `/privacy/erasures/${ID}`, permission: 'privacy.erase' },
  { name: 'personal data', method: 'GET', path: `/privacy/exports/${ID}`, permission: 'privacy.export' },
  { name: 'retry a job', method: 'POST', path: `/jobs/${ID}/retry`, permission: 'jobs.retry' },
];
const ALL_ROLES = Object.keys(roles).filter(isRole);

describe('Permissions', function () {
  this.timeout(60_000);

  it('stand once for each command', () => {
    const permissions = commands.flatMap(({ permission }) => permission ?? []);
    expect(new Set(permissions).size).to.equal(permissions.length);
  });

  it('are each given to some role besides the owner', () => {
    const orphans = doors.filter(({ permission }) => !ALL_ROLES.some((role) => role !== 'owner' && rolesPermit([role], permission)));
    expect(orphans.map(({ permission }) => permission)).to.deep.equal([]);
  });

  it('name only doors that there are', () => {
    const known = new Set([...doors.map(({ permission }) => permission), ...routePermissions]);
    const areas = new Set([...known].map((permission) => `${permission.split('.')[0]}.*`));
    const granted = ALL_ROLES.flatMap((role) => roles[role] as readonly string[]);
    expect(granted.filter((permission) => permission !== '*' && !known.has(permission) && !areas.has(permission))).to.deep.equal([]);
  });

  it('are none for a role nobody knows', () => {
    expect(rolesPermit(['wizard', 'constructor', '__proto__'], 'order.open')).to.equal(false);
  });

  describe('at every door, for every role', () => {
    let server: TestServer;
    const callers = new Map<Role, Caller>();
    before(async () => {
      server = await testServer({ APP_ROLES: 'api,projector' });
      for (const role of ALL_ROLES) callers.set(role, await server.as([role]));
    });
    after(() => server.close());

    for (const { name, method, path, permission } of doors) {
      it(`${method} ${name}`, async () => {
        const options = { headers: { 'idempotency-key': 'k' }, ...(method === 'GET' ? {} : { body: {} }) };
        expect((await server.nobody(method, path, options)).status, 'without a token').to.equal(401);
        for (const [role, caller] of callers) {
          const { status } = await caller(method, path, {
            ...options,
            headers: { 'idempotency-key': `${role}-${name}`.replaceAll(' ', '-') },
          });
          if (rolesPermit([role], permission)) expect(status, role).to.not.equal(403);
          else expect(status, role).to.equal(403);
          expect(status, role).to.be.lessThan(500);
        }
      });
    }
  });
});
