import { connect } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { boundedServer, type ServerBounds } from '../../src/http/bounded-server.ts';
import type { Accounts, MeView } from '../../src/http/account-ports.ts';
import { authRoutes } from '../../src/http/routes/auth.ts';
import { meRoutes } from '../../src/http/routes/me.ts';
import { serveRoutes, type Served } from '../support/serve-routes.ts';
import type { Identity, RateVerdict } from '../../src/http/ports.ts';
import { DependencyDown } from '../../src/commands/ports.ts';

const ada = { userId: 'u1', name: 'Ada', roles: ['owner'], locationIds: null, terminalId: null };
const refusing = { refused: 'invalid-credentials', retryAfterSeconds: null } as const;
const identity = {
  verify: () => Promise.resolve(ada),
  login: () => Promise.resolve(refusing),
} as unknown as Identity;
const POS = 'https://pos.example.com';

describe('HTTP: the edge', () => {
  let served: Served;
  const judged: { verdict: RateVerdict | Error | null } = { verdict: null };
  const arriving = () => {
    if (judged.verdict instanceof Error) throw judged.verdict;
    return judged.verdict;
  };
  const exceeded: string[] = [];
  const accounts = { me: async (principal) => principal as unknown as MeView } as Pick<Accounts, 'me'> as Accounts;
  before(
    async () =>
      void (served = await serveRoutes(
        identity,
        { open: [authRoutes(identity, accounts)], guarded: [meRoutes(accounts)] },
        {
          allowedOrigins: [POS],
          limits: { arriving, known: () => null },
          metrics: { requestEnded: () => undefined, rateLimitExceeded: (rule) => void exceeded.push(rule) },
        },
      )),
  );
  afterEach(() => void (judged.verdict = null));
  after(() => served.close());

  const me = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${served.url}/api/v1/users/me`, { headers: { authorization: 'Bearer x', ...headers } });
  const login = (body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${served.url}/api/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const codeOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code: string }).code;

  it('tells browsers what they may do with an answer, also with a refusal', async () => {
    for (const answer of [await me(), await fetch(`${served.url}/nowhere`)]) {
      expect(Object.fromEntries(answer.headers)).to.include({
        'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
        'cache-control': 'no-store',
      });
      expect(answer.headers.has('x-powered-by')).to.equal(false);
    }
  });

  it('lets pages of listed origins call, and says so to nobody else', async () => {
    const listed = (await me({ origin: POS })).headers;
    expect([listed.get('access-control-allow-origin'), listed.get('access-control-allow-credentials'), listed.get('vary')]).to.deep.equal([
      POS,
      'true',
      'Origin',
    ]);
    const other = (await me({ origin: 'https://evil.example.com' })).headers;
    expect([other.get('access-control-allow-origin'), other.get('access-control-allow-credentials'), other.get('vary')]).to.deep.equal([
      null,
      null,
      'Origin',
    ]);
  });

  it('answers a listed page that asks before it calls', async () => {
    const ask = (origin: string): Promise<Response> =>
      fetch(`${served.url}/api/v1/users/me`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
    const { headers } = await ask(POS);
    expect(headers.get('access-control-allow-methods')).to.equal('GET,HEAD,POST,PUT,DELETE');
    for (const ours of ['Idempotency-Key', 'Approval']) expect(headers.get('access-control-allow-headers')).to.include(ours);
    expect((await ask('null')).headers.has('access-control-allow-methods')).to.equal(false);
  });

  it('refuses a body that is compressed, too deep, or large from somebody unknown', async () => {
    const packed = await login(gzipSync('{}'), { 'content-encoding': 'gzip' });
    expect([packed.status, await codeOf(packed)]).to.deep.equal([415, 'body-encoded']);
    const deep = await login(`{"email":${'['.repeat(40)}${']'.repeat(40)},"password":"x"}`);
    expect([deep.status, await codeOf(deep)]).to.deep.equal([400, 'body-too-deep']);
    for (const text of [String.raw`a\u0000b`, String.raw`\ud800`]) {
      const unfit = await login(`{"email":"${text}","password":"x"}`);
      expect([unfit.status, await codeOf(unfit)]).to.deep.equal([400, 'text-unfit']);
    }
    const large = await login(JSON.stringify({ email: 'x'.repeat(20_000), password: 'x' }));
    expect([large.status, await codeOf(large)]).to.deep.equal([413, 'body-too-large']);
    expect((await login(JSON.stringify({ email: 'a@b.test', password: 'x' }))).status).to.equal(401);
  });

  it('refuses an address with a zero byte', async () => {
    const answer = await fetch(`${served.url}/api/v1/users/%00`);
    expect([answer.status, await codeOf(answer)]).to.deep.equal([400, 'address-unfit']);
  });

  it('says what is left of a limit', async () => {
    judged.verdict = { rule: 'login', granted: true, policy: '"login";q=60;w=60', remaining: 59, resetSeconds: 1 };
    const { status, headers } = await me();
    expect([status, headers.get('ratelimit'), headers.get('ratelimit-policy')]).to.deep.equal([
      200,
      '"login";r=59;t=1',
      '"login";q=60;w=60',
    ]);
  });

  it('refuses who is over it, says until when, and counts it', async () => {
    judged.verdict = { rule: 'login', granted: false, policy: '"login";q=60;w=60', remaining: 0, resetSeconds: 3 };
    const answer = await login('{}');
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('ratelimit')]).to.deep.equal([
      429,
      '3',
      '"login";r=0;t=3',
    ]);
    expect(await codeOf(answer)).to.equal('rate-limited');
    expect(exceeded).to.deep.equal(['login']);
  });

  it('refuses everybody while limits cannot be known', async () => {
    judged.verdict = new DependencyDown('rate limits', new Error('away'));
    const answer = await me();
    expect([answer.status, await codeOf(answer)]).to.deep.equal([503, 'dependency-unavailable']);
  });
});

describe('HTTP: slow and many clients', () => {
  const bounds: ServerBounds = { headersMs: 500, requestMs: 1000, connections: 20, connectionsPerAddress: 10 };

  const withServer = async (changes: Partial<ServerBounds>, use: (port: number) => Promise<void>): Promise<void> => {
    const server = boundedServer({ ...bounds, ...changes }, (request, response) => {
      request.resume().once('end', () => response.end('done'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    await use(typeof address === 'object' && address !== null ? address.port : 0);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };

  const told = async (port: number, text: string): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1' });
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write(text);
    await new Promise((resolve) => socket.once('close', resolve));
    return said;
  };

  it('cuts off who does not finish the head, or the body', () =>
    withServer({}, async (port) => {
      expect(await told(port, 'GET / HTTP/1.1\r\nHost: x\r\n')).to.match(/^HTTP\/1.1 408 /);
      expect(await told(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123')).to.match(/^HTTP\/1.1 408 |^$/);
    }));

  it('answers who asks in time', () =>
    withServer({}, async (port) => {
      expect(await told(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).to.match(/^HTTP\/1.1 200 OK[^]*done/);
    }));

  for (const [what, changes] of [
    ['an address', { connectionsPerAddress: 3 }],
    ['all', { connections: 3, connectionsPerAddress: null }],
  ] as const) {
    it(`takes no more connections of ${what} than it may`, () =>
      withServer(changes, async (port) => {
        const held = Array.from({ length: 3 }, () => connect({ port, host: '127.0.0.1' }));
        for (const socket of held) await once(socket, 'connect');
        expect(await told(port, '')).to.equal('');
        held[0]?.destroy();
        for (const socket of held) socket.destroy();
      }));
  }
});
