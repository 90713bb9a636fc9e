import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, jwtVerify, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { granted, identityAt, PASSWORD, place, someone, standingClock, type Place } from '../../support/identity.ts';

const EXTENSION = 'https://elsewhere.test/extension';
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part: string | undefined): object => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as object;

describe('Identity: access tokens', () => {
  let here: Place;
  before(async () => void (here = await place()));
  after(() => here.close());

  const signedIn = async () => {
    const clock = standingClock();
    const user = await someone(here.pool);
    const { identity } = await identityAt(here, clock);
    const token = granted(await identity.login(user.email, PASSWORD)).access_token;
    return { clock, user, identity, token };
  };

  /** A token as ours would be, but for what is changed. */
  const forged = async (
    userId: string,
    claims: JWTPayload = {},
    header: Partial<JWTHeaderParameters> = {},
    key = here.key.privateKey,
  ): Promise<string> => {
    const now = Date.parse('2026-03-01T12:00:00Z') / 1000;
    const { rows } = await here.pool.query<{ id: string }>('select id from sessions where user_id = $1', [userId]);
    const body = {
      sid: rows[0]?.id,
      iss: 'https://brigade.test',
      aud: 'brigade-api',
      sub: userId,
      ver: 1,
      iat: now,
      nbf: now,
      exp: now + 3600,
      jti: randomUUID(),
      ...claims,
    };
    return new SignJWT(body)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: here.key.kid, ...header })
      .sign(key, { crit: { [EXTENSION]: true } });
  };

  it('can be checked by anyone with the published keys', async () => {
    const { identity, token, user } = await signedIn();
    const { keys } = identity.jwks();
    const options = { currentDate: new Date('2026-03-01T12:00:00Z'), issuer: 'https://brigade.test', audience: 'brigade-api' };
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), options);
    expect(payload.sub).to.equal(user.id);
    expect(protectedHeader).to.include({ alg: 'RS256', typ: 'at+jwt', kid: await calculateJwkThumbprint(keys[0] ?? {}) });
    expect(JSON.stringify(keys)).to.not.match(/"(d|p|q|dp|dq|qi)":/);
  });

  it('is accepted where nothing is changed (so that the refusals below mean something)', async () => {
    const { identity, user } = await signedIn();
    expect(await identity.verify(await forged(user.id))).to.have.property('userId', user.id);
  });

  it('refuses the algorithm none', async () => {
    const { identity, token } = await signedIn();
    const [header, payload, signature] = token.split('.');
    for (const alg of ['none', 'None', 'NONE']) {
      const unsigned = encoded({ ...decoded(header), alg });
      expect(await identity.verify(`${unsigned}.${payload}.`)).to.equal(null);
      expect(await identity.verify(`${unsigned}.${payload}.${signature}`)).to.equal(null);
    }
  });

  it('refuses a token signed with the public key as a shared secret', async () => {
    const { identity, token } = await signedIn();
    const [header, payload] = token.split('.');
    const secrets = [here.key.publicKey.export({ type: 'spki', format: 'pem' }), JSON.stringify(here.key.publicJwk)];
    for (const secret of secrets) {
      const signed = `${encoded({ ...decoded(header), alg: 'HS256' })}.${payload}`;
      expect(await identity.verify(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`)).to.equal(null);
    }
  });

  it('refuses another key, also one that the token brings with it', async () => {
    const { identity, user } = await signedIn();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = await exportJWK(publicKey);
    expect(await identity.verify(await forged(user.id, {}, {}, privateKey))).to.equal(null);
    expect(await identity.verify(await forged(user.id, {}, { jwk }, privateKey))).to.equal(null);
    expect(await identity.verify(await forged(user.id, {}, { jwk, kid: await calculateJwkThumbprint(jwk) }, privateKey))).to.equal(null);
  });

  it('refuses a payload under the signature of another, also of one seen before', async () => {
    const { identity, token } = await signedIn();
    const owner = await someone(here.pool, { roles: ['owner'] });
    await identity.verify(token);
    const [header, payload, signature] = token.split('.');
    expect(await identity.verify(`${header}.${encoded({ ...decoded(payload), sub: owner.id })}.${signature}`)).to.equal(null);
  });

  const wrong: { readonly [what: string]: readonly [JWTPayload, Partial<JWTHeaderParameters>] } = {
    'another issuer': [{ iss: 'https://elsewhere.test' }, {}],
    'another audience': [{ aud: 'payroll' }, {}],
    'an unknown key id': [{}, { kid: 'elsewhere' }],
    'no key id': [{}, { kid: undefined as never }],
    'another type': [{}, { typ: 'JWT' }],
    'a critical extension we do not know': [{}, { crit: [EXTENSION], [EXTENSION]: 1 }],
    'an end in the past': [{ exp: Date.parse('2026-03-01T11:59:00Z') / 1000 }, {}],
    'no end': [{ exp: undefined as never }, {}],
    'a beginning in the future': [{ nbf: Date.parse('2026-03-01T12:01:00Z') / 1000 }, {}],
    'no beginning': [{ nbf: undefined as never }, {}],
    'no version': [{ ver: undefined }, {}],
    'another version': [{ ver: 0 }, {}],
    'no session': [{ sid: undefined }, {}],
    'an unknown session': [{ sid: randomUUID() }, {}],
    'what is no session': [{ sid: "' or true --" }, {}],
    'an unknown user': [{ sub: randomUUID() }, {}],
  };
  for (const [what, [claims, header]] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      const { identity, user } = await signedIn();
      const token = await forged(user.id, claims, header);
      expect(await identity.verify(token)).to.equal(null);
    });
  }

  it('refuses what is no token', async () => {
    const { identity } = await signedIn();
    for (const token of ['', '.', '..', 'a.b.c', 'x'.repeat(5000), '\0', 'e30.e30.e30'])
      expect(await identity.verify(token)).to.equal(null);
  });

  it('ends on time, also where it was seen before', async () => {
    const { identity, clock, token, user } = await signedIn();
    clock.pass(3600);
    expect(await identity.verify(token)).to.have.property('userId', user.id);
    clock.pass(5);
    expect(await identity.verify(token)).to.equal(null);
  });
});
