import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect } from 'chai';
import { DependencyDown } from '../../../src/commands/ports.ts';
import { keyService } from '../../../src/infra/privacy/key-service.ts';
import { MasterKeyUnfit } from '../../../src/infra/privacy/master-keys.ts';

type Asked = {
  readonly plaintext?: string;
  readonly associated_data?: string;
  readonly batch_input?: readonly { readonly ciphertext: string; readonly associated_data: string }[];
};

/** Does what Vault's transit engine does of these two requests. */
const transit = (token: string) => {
  const master = randomBytes(32);
  const seal = (plaintext: string, aad: string): string => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(Buffer.from(aad, 'base64'));
    return `vault:v1:${Buffer.concat([iv, cipher.update(plaintext, 'base64'), cipher.final(), cipher.getAuthTag()]).toString('base64')}`;
  };
  const open = (ciphertext: string, aad: string): string => {
    const bytes = Buffer.from(ciphertext.slice('vault:v1:'.length), 'base64');
    const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12))
      .setAAD(Buffer.from(aad, 'base64'))
      .setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('base64');
  };
  return createServer((request, response) => {
    const answer = (status: number, body: object): void => void response.writeHead(status).end(JSON.stringify(body));
    void (async () => {
      const asked = (await json(request)) as Asked;
      if (request.headers['x-vault-token'] !== token) return answer(403, { errors: ['permission denied'] });
      try {
        if (request.url === '/v1/transit/encrypt/brigade')
          return answer(200, { data: { ciphertext: seal(asked.plaintext ?? '', asked.associated_data ?? ''), key_version: 1 } });
        if (request.url === '/v1/transit/decrypt/brigade')
          return answer(200, {
            data: { batch_results: asked.batch_input?.map((one) => ({ plaintext: open(one.ciphertext, one.associated_data) })) },
          });
        return answer(404, { errors: [] });
      } catch {
        return answer(400, { errors: ['cipher: message authentication failed'] });
      }
    })();
  });
};

describe('A key service', () => {
  let server: Server;
  let folder: string;
  let tokenFile: string;
  let url: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 's.good\n');
    server = transit('s.good').listen(0, '127.0.0.1');
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
    const keys = Array.from({ length: 300 }, () => randomBytes(32));
    const wrapped = await Promise.all(keys.map((key, nth) => service().wrap(`person ${nth}`, key)));
    expect(wrapped[0]?.wrapped.toString()).to.match(/^vault:v1:/);
    expect(await service().unwrap(wrapped)).to.deep.equal(keys);
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
