import { commands } from '../../src/commands/registry.ts';
import { attack, unlessRefused, type Area } from './attack.ts';
import { pathWith, questionOf, routedCommands } from './requests.ts';
import { queries } from '../../src/queries/registry.ts';
import { lines, said } from './raw.ts';

const ALLOWED = 'https://pos.example.com';
const ORIGINS = [
  'null',
  'https://evil.example',
  'http://pos.example.com',
  'https://pos.example.com.evil.example',
  'https://evil-pos.example.com',
  'https://pos.example.com:8443',
  'https://pos.example.com/',
  'https://POS.example.com.evil.example',
  'https://pos.example.com@evil.example',
  'https://pos_example.com',
  'https://pos.example.com%00.evil.example',
  'https://localhost',
  'http://127.0.0.1',
  'file://',
  'chrome-extension://abc',
  '*',
  'https://pos.example.com, https://evil.example',
];

const crossOrigin = ORIGINS.flatMap((origin) =>
  (['GET', 'OPTIONS'] as const).map((method) =>
    attack(`${method} from a page of ${origin}`, async (room) => {
      const { nobody } = await room.strict();
      const { headers } = await nobody(method, '/users/me', { headers: { origin, 'access-control-request-method': 'PUT' } });
      const told = headers.get('access-control-allow-origin') ?? headers.get('access-control-allow-credentials');
      return told === null ? null : `allowed: ${told}`;
    }),
  ),
);

const HOSTS = [
  'evil.example',
  "evil.example; script-src 'unsafe-inline'",
  "x 'unsafe-inline'",
  'x,y',
  'x\ty',
  '"><script>',
  '127.0.0.1:1/x',
  'user@evil.example',
];
const hosts = HOSTS.flatMap((host) =>
  ['/', '/kds', '/health/live'].map((path) =>
    attack(`${path} at the host ${host}`, async ({ port }) => {
      const text = await said(port, lines(`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close'));
      const head = text.split('\r\n\r\n')[0] ?? '';
      if (/unsafe-inline|unsafe-eval|<script/.test(head)) return head;
      return /^location:/im.test(head) ? 'a redirect' : null;
    }),
  ),
);
const forwardedHosts = ['X-Forwarded-Host', 'X-Host', 'Forwarded', 'X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Prefix'].map((header) =>
  attack(`another host or path by ${header}`, async (room) => {
    const { nobody } = await room.strict();
    const { headers, body } = await nobody<string>('GET', '//kds', {
      headers: { [header]: header === 'Forwarded' ? 'host=evil.example' : 'evil.example' },
    });
    const told = `${headers.get('content-security-policy')}${headers.get('location')}${body}`;
    return told.includes('evil.example') ? told.slice(0, 200) : null;
  }),
);

const inline = ['/', '/kds', '/pos', '/docs'].map((path) =>
  attack(`a script or style put into ${path}`, async ({ server }) => {
    const { headers, body } = await server.nobody<string>('GET', `/${path}?q=<script>alert(1)</script>`);
    const policy = headers.get('content-security-policy') ?? '';
    if (!policy.includes("script-src 'self'") || /unsafe|\*|data:|blob:/.test(policy)) return policy;
    return /<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=|alert\(1\)/i.test(body) ? body.slice(0, 300) : null;
  }),
);

/** Every door there is, with a good token wherever a cookie could be. */
const doors = [
  ...routedCommands.map(({ route }) => ({ method: route.method as string, path: route.path })),
  ...queries.map((definition) => ({ method: 'GET', path: questionOf(definition, {}) })),
  ...['/users/me', '/jobs', '/audit/export', '/audit/heads', '/audit/events/1', '//health'].map((path) => ({ method: 'GET', path })),
  { method: 'POST', path: '/commands' },
  { method: 'POST', path: '/live/tickets' },
];
const cookies = doors.map(({ method, path }) =>
  attack(`${method} ${path} with tokens in cookies alone`, async (room) => {
    const { tokens } = await room.shared();
    const cookie = ['access_token', 'token', 'session', 'jwt', 'Authorization', '__Host-session', 'koa.sess']
      .map((name) => `${name}=${tokens.access_token}`)
      .concat(`refresh_token=${tokens.refresh_token}`)
      .join('; ');
    const answer = await room.server.nobody(method, pathWith(path, room.victims.ids), {
      headers: { cookie },
      ...(method === 'GET' ? {} : { body: {} }),
    });
    return unlessRefused(answer, 401) ?? (answer.headers.has('set-cookie') ? 'a cookie was set' : null);
  }),
);
const cookieDoors = ['refresh', 'logout', 'login'].map((door) =>
  attack(`${door} by a form of another page, with cookies`, async (room) => {
    const { tokens } = await room.shared();
    const answer = await room.server.nobody('POST', `/auth/${door}`, {
      headers: { cookie: `refresh_token=${tokens.refresh_token}`, 'content-type': 'text/plain', origin: 'https://evil.example' },
      body: JSON.stringify({ refresh_token: tokens.refresh_token }),
    });
    return unlessRefused(answer, 400) ?? (answer.headers.has('set-cookie') ? 'a cookie was set' : null);
  }),
);

const writesByReading = commands.flatMap(({ type, route }) =>
  route === null
    ? []
    : [
        attack(`${type} by GET`, async (room) => {
          const path = pathWith(route.path, room.victims.ids);
          const before = await room.server.owner<{ readonly items: readonly { readonly position: number }[] }>(
            'GET',
            '/audit/events?order=newest-first&limit=1',
          );
          await room.server.owner('GET', path);
          const after = await room.server.owner<{ readonly items: readonly { readonly position: number }[] }>(
            'GET',
            '/audit/events?order=newest-first&limit=1',
          );
          return before.body.items[0]?.position === after.body.items[0]?.position ? null : 'something was written';
        }),
      ],
);

const allowedStillWorks = attack('no credentials for the page that is meant', async (room) => {
  const { nobody } = await room.strict();
  const { headers } = await nobody('GET', '/users/me', { headers: { origin: ALLOWED } });
  return headers.get('access-control-allow-origin') === ALLOWED && headers.get('vary')?.includes('Origin') === true
    ? null
    : 'the attacks above prove nothing';
});

export const browserTricks: Area = {
  name: 'pages of others: origins, hosts, scripts, cookies, forms',
  attacks: [...crossOrigin, allowedStillWorks, ...hosts, ...forwardedHosts, ...inline, ...cookies, ...cookieDoors, ...writesByReading],
};
