import { expect } from 'chai';
import { commands } from '../../src/commands/registry.ts';
import type { Health, HealthReport, Principal } from '../../src/http/ports.ts';
import { docsRoutes } from '../../src/http/routes/docs.ts';
import { healthRoutes, probeRoutes } from '../../src/http/routes/health.ts';
import { serveRoutes, type Served } from '../support/serve-routes.ts';

const person = (role: string): Principal => ({ userId: 'u1', name: 'Ada', roles: [role], locationIds: null, terminalId: null });
const up: HealthReport = {
  status: 'up',
  logPosition: 42,
  dependencies: [{ name: 'database', status: 'up', detail: null, latencyMs: 0.4 }],
  projections: [{ name: 'orders', version: 1, position: 42, lagEvents: 0, parkedStreams: 0 }],
};

describe('HTTP: health', () => {
  let served: Served;
  let ready = true;
  let report: HealthReport = up;
  const health: Health = { ready: () => Promise.resolve(ready), report: () => Promise.resolve(report) };
  const identity = { verify: (token: string) => Promise.resolve(token === 'none' ? null : person(token)) };

  before(async () => void (served = await serveRoutes(identity, { open: [probeRoutes(health)], guarded: [healthRoutes(health)] })));
  after(() => served.close());

  const ask = (path: string, token?: string): Promise<Response> =>
    fetch(served.url + path, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });

  it('is live whatever else is down', async () => {
    ready = false;
    const answer = await ask('/health/live');
    expect([answer.status, await answer.json()]).to.deep.equal([200, { status: 'up' }]);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
  });

  it('says whether it can serve', async () => {
    ready = true;
    expect((await ask('/health/ready')).status).to.equal(200);
    ready = false;
    const answer = await ask('/health/ready');
    expect([answer.status, await answer.json()]).to.deep.equal([503, { status: 'down' }]);
  });

  it('reports to those who may see it', async () => {
    report = up;
    const answer = await ask('/health', 'manager');
    expect([answer.status, await answer.json()]).to.deep.equal([200, up]);
    expect((await ask('/health')).status).to.equal(401);
    expect((await ask('/health', 'none')).status).to.equal(401);
    expect((await ask('/health', 'cook')).status).to.equal(403);
  });

  it('answers 200 while degraded, and 503 when down', async () => {
    report = { ...up, status: 'degraded' };
    expect((await ask('/health', 'owner')).status).to.equal(200);
    report = { ...up, status: 'down' };
    const answer = await ask('/health', 'owner');
    expect([answer.status, await answer.json()]).to.deep.equal([503, report]);
  });
});

describe('HTTP: the API’s description', () => {
  let served: Served;
  before(
    async () =>
      void (served = await serveRoutes({ verify: () => Promise.resolve(null) }, { open: [docsRoutes({ commands, queries: [] })] })),
  );
  after(() => served.close());

  it('is there for everybody, with the program’s version', async () => {
    const answer = await fetch(`${served.url}/api/v1/openapi.json`);
    expect(answer.headers.get('content-type')).to.match(/^application\/json/);
    const document = (await answer.json()) as {
      readonly openapi: string;
      readonly info: { readonly version: string };
      readonly paths: object;
    };
    expect(document.openapi).to.match(/^3\.1\./);
    expect(document.info.version).to.match(/^\d+\.\d+\.\d+/);
    expect(document.paths).to.include.keys('/api/v1/orders', '/api/v1/auth/login', '/health');
  });

  it('is sent once to who has it', async () => {
    const first = await fetch(`${served.url}/api/v1/openapi.json`);
    const again = await fetch(`${served.url}/api/v1/openapi.json`, {
      headers: { 'If-None-Match': first.headers.get('etag') ?? '', 'Cache-Control': 'max-age=0' },
    });
    expect([again.status, await again.text()]).to.deep.equal([304, '']);
  });
});
