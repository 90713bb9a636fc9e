import { once } from 'node:events';
import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { outgoingPost } from '../../src/infra/outgoing/post.ts';
import { attack, type Area } from './attack.ts';

/** Addresses that no outgoing message may reach, in all the ways they are written. */
const PRIVATE = [
  '127.0.0.1',
  '127.1',
  '0',
  '0.0.0.0',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '198.18.0.1',
  '192.0.0.192',
  '224.0.0.1',
  '255.255.255.255',
  '①②⑦.⓪.⓪.①',
  'localhost',
  'LOCALHOST',
  'ip6-localhost',
];
const SCHEMES = [
  'file:///etc/passwd',
  'ftp://127.0.0.1/',
  'gopher://127.0.0.1:25/x',
  'data:text/plain,x',
  'javascript:1',
  'ldap://127.0.0.1',
  'dict://127.0.0.1:11211',
  'ws://127.0.0.1',
  '//127.0.0.1',
  'http://',
  'http:///x',
];

type Trap = { readonly port: number; readonly hits: () => number; readonly close: () => Promise<void> };

/** A server on this machine that nothing should reach. */
const trap = async (location = '/'): Promise<Trap> => {
  let hits = 0;
  const server = createServer((_request, response) => {
    hits += 1;
    response.writeHead(302, { location }).end('inner secret');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, hits: () => hits, close };
};

const outcomeOf = (sent: Promise<void>): Promise<Error | null> =>
  sent.then(
    () => null,
    (error: Error) => error,
  );

const direct = PRIVATE.map((host) =>
  attack(`http://${host}`, async () => {
    const inside = await trap();
    const outcome = await outcomeOf(
      outgoingPost({ privateNetworks: [], answerMs: 2000 })(`http://${host}:${inside.port}/`, '{}', 'application/json'),
    );
    await inside.close();
    return outcome === null || inside.hits() > 0 ? 'reached' : null;
  }),
);

const schemes = SCHEMES.map((url) =>
  attack(url, async () =>
    (await outcomeOf(outgoingPost({ privateNetworks: [] })(url, '{}', 'application/json'))) === null ? 'sent' : null,
  ),
);

type Answers = readonly (readonly string[])[];
const RESOLVED: readonly (readonly [what: string, answers: Answers])[] = [
  ['that is ours', [['127.0.0.1']]],
  ['that is ours in IPv6', [['::1']]],
  ['that is ours, mapped', [['::ffff:127.0.0.1']]],
  ['that is public and ours', [['93.184.216.34', '127.0.0.1']]],
  ['that is ours and public', [['127.0.0.1', '93.184.216.34']]],
  ['that is the cloud’s', [['169.254.169.254']]],
  ['that is nothing', [[]]],
];
const named = RESOLVED.map(([what, answers]) =>
  attack(`a name with an address ${what}`, async () => {
    const inside = await trap();
    let asked = 0;
    const resolve = (_host: string, _options: object, done: (error: null, addresses: LookupAddress[]) => void): void => {
      const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
      asked += 1;
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    const post = outgoingPost({ privateNetworks: [], resolve, answerMs: 2000 });
    const outcome = await outcomeOf(post(`http://heads.example:${inside.port}/`, '{}', 'application/json'));
    await inside.close();
    return outcome === null || inside.hits() > 0 ? 'reached' : null;
  }),
);

/** What was public when it was checked must not be ours when the connection is made: it is asked once, for the connection. */
const rebound = attack('a name that changes between check and connection', async () => {
  const inside = await trap();
  let asked = 0;
  const resolve = (_host: string, _options: object, done: (error: null, addresses: LookupAddress[]) => void): void => {
    asked += 1;
    done(null, [{ address: asked === 1 ? '127.0.0.1' : '93.184.216.34', family: 4 }]);
  };
  await outcomeOf(outgoingPost({ privateNetworks: [], resolve, answerMs: 2000 })(`http://heads.example:${inside.port}/`, '', 'text/plain'));
  await inside.close();
  return inside.hits() > 0 || asked !== 1 ? `reached, after ${asked} questions` : null;
});

const redirects = ['http://169.254.169.254/latest/meta-data', 'file:///etc/passwd', '/elsewhere'].map((location) =>
  attack(`a redirect to ${location}`, async () => {
    const outside = await trap(location);
    const outcome = await outcomeOf(
      outgoingPost({ privateNetworks: ['127.0.0.0/8'] })(`http://127.0.0.1:${outside.port}/`, '', 'text/plain'),
    );
    await outside.close();
    return outcome === null || outside.hits() !== 1 || outcome.message.includes('inner secret') ? 'followed, taken or repeated' : null;
  }),
);

export const requestForgery: Area = {
  name: 'addresses the server itself writes to',
  attacks: [...direct, ...schemes, ...named, rebound, ...redirects],
};
