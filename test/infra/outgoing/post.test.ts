import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { OutgoingRefused, outgoingPost } from '../../../src/infra/outgoing/post.ts';
import { addressCheck } from '../../../src/infra/outgoing/public-addresses.ts';
import { thrownBy } from '../event-store/thrown-by.ts';

describe('What the program sends to other machines', () => {
  let server: Server;
  let port: number;
  let got: string[] = [];
  let status = 204;
  before(async () => {
    server = createServer((request, response) => {
      got.push(`${request.method} ${request.url}`);
      response.writeHead(status, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    got = [];
    status = 204;
  });
  after(() => void server.close());

  const loopback = ['127.0.0.0/8'];
  const named = (address: string) => ({
    resolve: (_host: string, _options: object, done: (error: null, addresses: { address: string; family: number }[]) => void) =>
      done(null, [{ address, family: address.includes(':') ? 6 : 4 }]),
  });

  it('goes to a private network that is named in the configuration', async () => {
    await outgoingPost({ privateNetworks: loopback })(`http://127.0.0.1:${port}/heads`, '{}', 'application/json');
    await outgoingPost({ privateNetworks: loopback, ...named('127.0.0.1') })(
      `http://heads.example:${port}/named`,
      '{}',
      'application/json',
    );
    expect(got).to.deep.equal(['POST /heads', 'POST /named']);
  });

  it('goes to no other, by address or by name', async () => {
    const plain = outgoingPost({ privateNetworks: [] });
    const byName = outgoingPost({ privateNetworks: [], ...named('127.0.0.1') });
    for (const [post, url] of [
      [plain, `http://127.0.0.1:${port}/`],
      [plain, `http://localhost:${port}/`],
      [byName, `http://heads.example:${port}/`],
      [plain, 'file:///etc/passwd'],
    ] as const) {
      expect(await thrownBy(post(url, '', 'text/plain'))).to.be.instanceOf(OutgoingRefused);
    }
    expect(got).to.deep.equal([]);
  });

  it('follows nobody elsewhere', async () => {
    status = 307;
    const sent = outgoingPost({ privateNetworks: loopback })(`http://127.0.0.1:${port}/heads`, '{}', 'application/json');
    expect(await thrownBy(sent)).to.have.property('message', `http://127.0.0.1:${port} answered 307`);
    expect(got).to.deep.equal(['POST /heads']);
  });

  it('knows the internet from all else', () => {
    const isPublic = addressCheck([]);
    for (const address of ['1.1.1.1', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])
      expect(isPublic(address), address).to.equal(true);
    for (const address of ['10.1.2.3', '::1', '::', '::ffff:10.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', 'fe80::1%eth0', 'localhost', ''])
      expect(isPublic(address), address).to.equal(false);
  });
});
