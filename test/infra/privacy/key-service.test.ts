import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { keyService } from '../../../src/infra/privacy/key-service.ts';
import { MasterKeyUnfit } from '../../../src/infra/privacy/master-keys.ts';
import { transitService } from '../../support/transit-service.ts';

describe('A key service', () => {
  let server: Server;
  let folder: string;
  let tokenFile: string;
  let url: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 's.good\n');
    server = transitService('s.good').listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/transit`;
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const service = (options: object = {}) => keyService({ url, keyName: 'brigade', tokenFile, ...options });
  const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  it('wraps keys and unwraps many at once, in order', async () => {
    const keys = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const wrapped = await Promise.all(keys.map((key, nth) => service().wrap(`person ${nth}`, key)));
    expect(wrapped[0]?.wrapped.toString()).to.match(/^vault:v1:/);
    const hundred = Array.from({ length: 100 });
    expect(await service().unwrap(hundred.flatMap(() => wrapped))).to.deep.equal(hundred.flatMap(() => keys));
  });

  it('opens a key for its subject alone', async () => {
    const wrapped = await service().wrap('ana', randomBytes(32));
    expect(await thrownBy(service().unwrap([{ ...wrapped, subject: 'ben' }]))).to.be.instanceOf(MasterKeyUnfit);
  });

  it('is down where it does not answer, or not us', async () => {
    await writeFile(join(folder, 'other'), 's.bad');
    expect(await thrownBy(service({ tokenFile: join(folder, 'other') }).wrap('ana', randomBytes(32)))).to.be.instanceOf(DependencyDown);
    expect(await thrownBy(service({ keyName: 'nobody' }).wrap('ana', randomBytes(32)))).to.be.instanceOf(DependencyDown);
    expect(await thrownBy(service({ url: 'http://127.0.0.1:1/v1/transit' }).wrap('ana', randomBytes(32)))).to.be.instanceOf(DependencyDown);
  });
});
