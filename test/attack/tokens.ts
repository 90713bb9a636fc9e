import { createHmac, generateKeyPairSync, createSign, type KeyObject } from 'node:crypto';
import { attack, unlessRefused, type Area, type Attack } from './attack.ts';
import type { Room } from './room.ts';

type Part = { readonly [name: string]: unknown };
type Sign = (text: string) => string;

const encoded = (part: Part): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const decoded = (part: string): Part => JSON.parse(Buffer.from(part, 'base64url').toString()) as Part;
const token = (header: Part, claims: Part, sign: Sign): string => {
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${sign(text)}`;
};
const without = (part: Part, name: string): Part => Object.fromEntries(Object.entries(part).filter(([other]) => other !== name));
const unsigned: Sign = () => '';
const rsa =
  (key: KeyObject, hash = 'RSA-SHA256', padding?: number): Sign =>
  (text) =>
    createSign(hash)
      .update(text)
      .sign({ key, ...(padding === undefined ? {} : { padding }) })
      .toString('base64url');
const hmac =
  (secret: string | Buffer, hash = 'sha256'): Sign =>
  (text) =>
    createHmac(hash, secret).update(text).digest('base64url');

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangersJwk = stranger.publicKey.export({ format: 'jwk' });

/** A good token's header and claims, changed and signed somehow. */
const forged = (name: string, make: (good: { header: Part; claims: Part; text: string }, room: Room) => string | Promise<string>): Attack =>
  attack(name, async (room) => {
    const { tokens } = await room.shared();
    const [header = '', claims = ''] = tokens.access_token.split('.');
    const made = await make({ header: decoded(header), claims: decoded(claims), text: tokens.access_token }, room);
    return unlessRefused(await room.with(made)('GET', '/users/me'), 401);
  });

const ours = ({ key }: Room): Sign => rsa(key.privateKey);
const now = (): number => Math.floor(Date.now() / 1000);
const pem = ({ key }: Room): string => key.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const unsignedOnes = ['none', 'None', 'NONE', 'nOnE', '', 'null'].flatMap((alg) => [
  forged(`algorithm ${alg || 'empty'} without a signature`, ({ header, claims }) => token({ ...header, alg }, claims, unsigned)),
  forged(`algorithm ${alg || 'empty'} with the old signature`, ({ header, claims, text }) =>
    token({ ...header, alg }, claims, () => text.split('.')[2] ?? ''),
  ),
]);

const confused = ['HS256', 'HS384', 'HS512'].flatMap((alg) => {
  const hash = `sha${alg.slice(2)}`;
  return [
    forged(`${alg} with the public key's PEM as secret`, ({ header, claims }, room) =>
      token({ ...header, alg }, claims, hmac(pem(room), hash)),
    ),
    forged(`${alg} with the public key's modulus as secret`, ({ header, claims }, { key }) =>
      token({ ...header, alg }, claims, hmac(String(key.publicJwk.n), hash)),
    ),
    forged(`${alg} with an empty secret`, ({ header, claims }) => token({ ...header, alg }, claims, hmac('', hash))),
  ];
});

const otherAlgorithms = [
  forged('RS384 with our own key', ({ header, claims }, { key }) =>
    token({ ...header, alg: 'RS384' }, claims, rsa(key.privateKey, 'RSA-SHA384')),
  ),
  forged('RS512 with our own key', ({ header, claims }, { key }) =>
    token({ ...header, alg: 'RS512' }, claims, rsa(key.privateKey, 'RSA-SHA512')),
  ),
  forged('PS256 named, RS256 made', ({ header, claims }, room) => token({ ...header, alg: 'PS256' }, claims, ours(room))),
  forged('ES256 named', ({ header, claims }, room) => token({ ...header, alg: 'ES256' }, claims, ours(room))),
  forged('EdDSA named', ({ header, claims }, room) => token({ ...header, alg: 'EdDSA' }, claims, ours(room))),
  forged('no algorithm', ({ header, claims }, room) => token(without(header, 'alg'), claims, ours(room))),
  forged('an algorithm that is a list', ({ header, claims }, room) => token({ ...header, alg: ['RS256'] }, claims, ours(room))),
];

const kids: readonly unknown[] = [
  '../../../../dev/null',
  'https://evil.example/key',
  "x' union select 'secret' --",
  '',
  'access-tokens.pem',
  ['a'],
  {},
  0,
  null,
  '__proto__',
  'constructor',
  '/proc/self/environ',
  '\u0000',
];
const strangersKey = [
  ...kids.map((kid) =>
    forged(`key named ${JSON.stringify(kid)}`, ({ header, claims }) => token({ ...header, kid }, claims, rsa(stranger.privateKey))),
  ),
  ...kids
    .slice(0, 4)
    .map((kid) =>
      forged(`our key under the name ${JSON.stringify(kid)}`, ({ header, claims }, room) => token({ ...header, kid }, claims, ours(room))),
    ),
  forged('our key without a name', ({ header, claims }, room) => token(without(header, 'kid'), claims, ours(room))),
  forged('a stranger’s key under our name', ({ header, claims }) => token(header, claims, rsa(stranger.privateKey))),
  forged('a stranger’s key in jwk', ({ header, claims }) => token({ ...header, jwk: strangersJwk }, claims, rsa(stranger.privateKey))),
  forged('a stranger’s key at jku', ({ header, claims }) =>
    token({ ...header, jku: 'https://evil.example/jwks.json' }, claims, rsa(stranger.privateKey)),
  ),
  forged('a stranger’s key at x5u', ({ header, claims }) =>
    token({ ...header, x5u: 'https://evil.example/cert.pem' }, claims, rsa(stranger.privateKey)),
  ),
  forged('a stranger’s key in x5c', ({ header, claims }) =>
    token(
      { ...header, x5c: [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
      claims,
      rsa(stranger.privateKey),
    ),
  ),
  forged('a header that must be understood', ({ header, claims }, room) => token({ ...header, crit: ['exp'] }, claims, ours(room))),
  forged('a payload that is not encoded', ({ header, claims }, room) =>
    token({ ...header, b64: false, crit: ['b64'] }, claims, ours(room)),
  ),
];

const wrong: { readonly [what: string]: (claims: Part) => Part } = {
  'another issuer': (claims) => ({ ...claims, iss: 'https://evil.example' }),
  'an issuer that begins as ours': (claims) => ({ ...claims, iss: `${String(claims['iss'])}.evil.example` }),
  'an issuer that is a list': (claims) => ({ ...claims, iss: [claims['iss']] }),
  'another audience': (claims) => ({ ...claims, aud: 'someone-else' }),
  'an empty audience': (claims) => ({ ...claims, aud: [] }),
  'an audience that is an object': (claims) => ({ ...claims, aud: { [String(claims['aud'])]: true } }),
  'an end long ago': (claims) => ({ ...claims, exp: now() - 3600 }),
  'an end that is text': (claims) => ({ ...claims, exp: String(now() + 3600) }),
  'an end that is nothing': (claims) => ({ ...claims, exp: null }),
  'a beginning to come': (claims) => ({ ...claims, nbf: now() + 3600 }),
  'a beginning that is text': (claims) => ({ ...claims, nbf: '0' }),
  'the user nobody is': (claims) => ({ ...claims, sub: '00000000-0000-4000-8000-000000000000' }),
  'a user who is a list': (claims) => ({ ...claims, sub: [claims['sub']] }),
  'a user who is SQL': (claims) => ({ ...claims, sub: "' or true --" }),
  'a version to come': (claims) => ({ ...claims, ver: Number(claims['ver']) + 1 }),
  'a version long past': (claims) => ({ ...claims, ver: -1 }),
  'a version that is text': (claims) => ({ ...claims, ver: String(claims['ver']) }),
  'a version that is true': (claims) => ({ ...claims, ver: true }),
  ...Object.fromEntries(
    ['iss', 'aud', 'sub', 'ver', 'iat', 'nbf', 'exp', 'jti'].map((name) => [
      `nothing about ${name}`,
      (claims: Part) => without(claims, name),
    ]),
  ),
};
const wrongClaims = Object.entries(wrong).map(([what, change]) =>
  forged(`our key, and ${what}`, ({ header, claims }, room) => token(header, change(claims), ours(room))),
);

const wrongTypes = ['JWT', 'id+jwt', 'rt+jwt', 'logout+jwt', ''].map((typ) =>
  forged(`our key, and the type ${typ || 'of nothing'}`, ({ header, claims }, room) => token({ ...header, typ }, claims, ours(room))),
);

const damaged: { readonly [what: string]: (text: string) => string } = {
  'a signature cut short': (text) => text.slice(0, -10),
  'no signature': (text) => text.slice(0, text.lastIndexOf('.') + 1),
  'no signature and no dot': (text) => text.slice(0, text.lastIndexOf('.')),
  'something after it': (text) => `${text}x`,
  'a fourth part': (text) => `${text}.e30`,
  'five parts': (text) => `${text}.e30.e30`,
  'an empty beginning': (text) => `.${text.split('.').slice(1).join('.')}`,
  'white space in it': (text) => `${text.slice(0, 20)} ${text.slice(20)}`,
  'another user’s claims': (text) => {
    const [header = '', claims = '', signature = ''] = text.split('.');
    return `${header}.${encoded({ ...decoded(claims), sub: '01939f3a-1000-7000-8000-000000000001' })}.${signature}`;
  },
  'twice itself': (text) => `${text}, Bearer ${text}`,
};
const damagedOnes = Object.entries(damaged).map(([what, change]) => forged(`a good token with ${what}`, ({ text }) => change(text)));

const misplaced: readonly Attack[] = [
  forged('a refresh token as an access token', async (_good, room) => (await room.shared()).tokens.refresh_token),
  forged('a ticket of the live stream as an access token', async ({ text }, room) => {
    const { body } = await room.with(text)<{ readonly ticket: string }>('POST', '/live/tickets');
    return body.ticket;
  }),
  ...['refresh', 'logout'].map((door) =>
    attack(`an access token to ${door}`, async (room) => {
      const { tokens } = await room.cook();
      return unlessRefused(
        await room.server.nobody('POST', `/auth/${door}`, { body: { refresh_token: tokens.access_token } }),
        400,
        401,
        204,
      );
    }),
  ),
  ...['access_token', 'token', 'authorization', 'jwt', 'bearer_token'].map((name) =>
    attack(`an access token in the address, as ${name}`, async (room) => {
      const { tokens } = await room.shared();
      return unlessRefused(await room.server.nobody('GET', `/users/me?${name}=${tokens.access_token}`), 401);
    }),
  ),
  ...['Basic', 'Token', 'JWT', 'Bearer:', 'Digest', ''].map((scheme) =>
    attack(`an access token as ${scheme || 'nothing at all'}`, async (room) => {
      const { tokens } = await room.shared();
      const authorization = `${scheme} ${tokens.access_token}`.trim();
      return unlessRefused(await room.server.nobody('GET', '/users/me', { headers: { authorization } }), 401);
    }),
  ),
  ...['X-Access-Token', 'X-Auth-Token', 'Proxy-Authorization', 'X-Forwarded-User', 'X-User-Id', 'X-Remote-User'].map((header) =>
    attack(`a token or a name in ${header}`, async (room) => {
      const { tokens, userId } = await room.shared();
      const value = /User/.test(header) ? userId : `Bearer ${tokens.access_token}`;
      return unlessRefused(await room.server.nobody('GET', '/users/me', { headers: { [header]: value } }), 401);
    }),
  ),
];

export const tokenForgery: Area = {
  name: 'forged and misplaced tokens',
  attacks: [...unsignedOnes, ...confused, ...otherAlgorithms, ...strangersKey, ...wrongClaims, ...wrongTypes, ...damagedOnes, ...misplaced],
};
