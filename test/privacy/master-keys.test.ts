import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfig } from '../../src/infra/config.ts';
import { newMasterKey } from '../../src/infra/privacy/file-master-keys.ts';
import { MasterKeyUnfit } from '../../src/infra/privacy/master-keys.ts';
import { start } from '../../src/main/start.ts';
import { ask } from '../support/embedded.ts';
import { quiet } from '../support/identity.ts';
import { testServer, type TestServer } from '../support/server.ts';
import { transitService } from '../support/transit-service.ts';

describe('A program and its master key', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'brigade-test-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const clockIn = async ({ owner, databaseUrl }: TestServer) => {
    const shiftId = randomUUID();
    const { status, body } = await owner('POST', '/shifts', { body: { shiftId } });
    const stored = await ask(databaseUrl, `select data ->> 'name' as name from events where data ->> 'shiftId' = '${shiftId}'`);
    return { status, code: body['code'], stored: stored[0]?.['name'] };
  };

  it('does not start with another than the keys were wrapped with', async () => {
    const server = await testServer();
    try {
      const file = join(folder, 'another');
      await writeFile(file, newMasterKey());
      const config = readConfig({
        APP_DATA__DIR: folder,
        APP_DATABASE__URL: server.databaseUrl,
        APP_DATABASE__ALLOW_UNSAFE: 'true',
        APP_PRIVACY__MASTER_KEY_FILE: file,
        APP_OBSERVABILITY__METRICS__PROMETHEUS_ENDPOINT: '',
      });
      const thrown: unknown = await start(config, quiet).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(MasterKeyUnfit);
      expect((thrown as Error).message).to.include('put it back');
    } finally {
      await server.close();
    }
  });

  it('may have it kept by a key service, and writes nothing of people without it', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 's.good');
    const service = transitService('s.good').listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    const server = await testServer({
      APP_PRIVACY__KEY_SERVICE_URL: `http://127.0.0.1:${port}/v1/transit`,
      APP_PRIVACY__KEY_SERVICE_TOKEN_FILE: tokenFile,
    });
    try {
      const { status, stored } = await clockIn(server);
      expect(status).to.equal(201);
      expect(stored).to.match(/^sealed:v1:/);

      service.closeAllConnections();
      service.close();
      const cook = await server.as(['cook']);
      const refused = await clockIn({ ...server, owner: cook });
      expect(refused).to.deep.equal({ status: 503, code: 'dependency-unavailable', stored: undefined });
    } finally {
      await server.close();
    }
  });
});
