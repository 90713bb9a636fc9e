import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import { accessTokens } from '../../../src/infra/identity/access-tokens.ts';
import { keyRing, type KeyRingOptions } from '../../../src/infra/identity/key-ring.ts';
import { SigningKeyUnfit } from '../../../src/infra/identity/signing-key.ts';
import { standingClock } from '../../support/identity.ts';

const DAY = 86_400;
const USER = '01939f3a-1000-7000-8000-000000000003';
const pem = { type: 'pkcs8', format: 'pem' } as const;

describe('The keys that sign access tokens', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'brigade-keys-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const ring = (changes: Partial<KeyRingOptions> = {}) =>
    keyRing({
      file: null,
      formerFiles: [],
      folder: join(folder, 'keys'),
      algorithm: 'EdDSA',
      clock: standingClock(),
      rotationSeconds: 90 * DAY,
      tokenSeconds: 900,
      ...changes,
    });
  const given = async (name: string, content: string | Buffer): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, content);
    return file;
  };
  const edwards = () => generateKeyPairSync('ed25519').privateKey.export(pem);
  /** A file's own time counts for a first key. */
  const agedTo = async (clock: { readonly now: () => Date }, name = 'access-tokens.EdDSA.pem') =>
    utimes(join(folder, 'keys', name), clock.now(), clock.now());

  it('begin with one, of 3072 bits for RS256, made once by programs that start at once, for its owner alone', async () => {
    const rings = await Promise.all([1, 2, 3].map(() => ring({ algorithm: 'RS256' })));
    const signers = rings.map(({ signer }) => signer());
    const [first] = signers;
    expect(new Set(signers.map(({ kid }) => kid)).size).to.equal(1);
    expect(first?.privateKey.asymmetricKeyDetails?.modulusLength).to.equal(3072);
    expect(first?.kid).to.equal(await calculateJwkThumbprint(first?.publicJwk ?? {}));
    expect(first?.publicJwk).to.include({ alg: 'RS256', use: 'sig' });
    expect(await readdir(join(folder, 'keys'))).to.deep.equal(['access-tokens.pem']);
    expect((await stat(join(folder, 'keys', 'access-tokens.pem'))).mode & 0o777).to.equal(0o600);
    expect((await stat(join(folder, 'keys'))).mode & 0o777).to.equal(0o700);
    expect((await ring({ algorithm: 'RS256' })).signer().kid).to.equal(first?.kid);
  });

  it('change in time: published before one signs, believed until the last token of the one before has ended', async () => {
    const clock = standingClock();
    await ring({ clock });
    await agedTo(clock);
    const keys = await ring({ clock });
    const other = await ring({ clock });
    const first = other.signer().kid;
    clock.pass(90 * DAY);
    await other.refresh();
    expect(other.all()).to.have.length(2);
    expect(other.signer().kid).to.equal(first);
    await keys.refresh();
    expect(keys.all().map(({ kid }) => kid)).to.deep.equal(other.all().map(({ kid }) => kid));
    clock.pass(600);
    const second = other.signer().kid;
    expect(second).to.not.equal(first);
    expect(other.named(first)).to.not.equal(undefined);
    clock.pass(900 + 3600 - 1);
    await other.refresh();
    expect(other.named(first)).to.not.equal(undefined);
    clock.pass(1);
    await other.refresh();
    expect([other.named(first), other.signer().kid]).to.deep.equal([undefined, second]);
    expect(await readdir(join(folder, 'keys'))).to.have.length(1);
  });

  it('keep the tokens of the one before good across the change', async () => {
    const clock = standingClock();
    await ring({ clock });
    await agedTo(clock);
    const keys = await ring({ clock });
    const tokens = accessTokens({ keys, clock, issuer: 'i', audience: 'a', lifetimeSeconds: 900 });
    clock.pass(90 * DAY);
    await keys.refresh();
    clock.pass(599);
    const before = await tokens.issue({ userId: USER, tokenVersion: 1, sessionId: '01939f3a-1000-7000-8000-000000000001' });
    clock.pass(1);
    const after = await tokens.issue({ userId: USER, tokenVersion: 1, sessionId: '01939f3a-1000-7000-8000-000000000001' });
    await keys.refresh();
    expect(await tokens.read(before)).to.have.property('userId', USER);
    expect(await tokens.read(after)).to.have.property('userId', USER);
    expect(before.split('.')[0]).to.not.equal(after.split('.')[0]);
  });

  it('change with the algorithm, without ending the tokens there are', async () => {
    const clock = standingClock();
    await ring({ clock });
    await agedTo(clock);
    const keys = await ring({ clock, algorithm: 'PS256' });
    expect(keys.all().map(({ algorithm }) => algorithm)).to.deep.equal(['EdDSA', 'PS256']);
    expect(keys.signer().algorithm).to.equal('EdDSA');
    clock.pass(600);
    expect(keys.signer().algorithm).to.equal('PS256');
  });

  it('are each believed with their own algorithm alone', async () => {
    const clock = standingClock();
    const keys = await ring({ clock, algorithm: 'RS256' });
    const key = keys.signer();
    const tokens = accessTokens({ keys, clock, issuer: 'i', audience: 'a', lifetimeSeconds: 900 });
    const now = clock.now().getTime() / 1000;
    const signed = (alg: string) =>
      new SignJWT({
        ver: 1,
        sid: '01939f3a-1000-7000-8000-000000000001',
        iss: 'i',
        aud: 'a',
        sub: USER,
        jti: 'j',
        iat: now,
        nbf: now,
        exp: now + 60,
      })
        .setProtectedHeader({ alg, typ: 'at+jwt', kid: key.kid })
        .sign(key.privateKey);
    expect(await tokens.read(await signed('RS256'))).to.have.property('userId', USER);
    for (const alg of ['PS256', 'RS512', 'PS512']) expect(await tokens.read(await signed(alg)), alg).to.equal(null);
  });

  it('are those in the files where they are given', async () => {
    const [file, former] = [await given('now.pem', edwards()), await given('former.pem', edwards())];
    const keys = await ring({ file, formerFiles: [former] });
    expect(keys.all()).to.have.length(2);
    const tokens = accessTokens({ keys, clock: standingClock(), issuer: 'i', audience: 'a', lifetimeSeconds: 900 });
    const token = await tokens.issue({ userId: USER, tokenVersion: 1, sessionId: '01939f3a-1000-7000-8000-000000000001' });
    const next = await ring({ file: former, formerFiles: [file] });
    expect(next.signer().kid).to.not.equal(keys.signer().kid);
    expect(
      await accessTokens({ keys: next, clock: standingClock(), issuer: 'i', audience: 'a', lifetimeSeconds: 900 }).read(token),
    ).to.have.property('userId', USER);
  });

  it('are refused where a file is not there, not a key, of another type, or too small', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem);
    const refusal = async (file: string, algorithm: KeyRingOptions['algorithm']): Promise<unknown> =>
      ring({ file, algorithm }).catch((thrown: unknown) => thrown);
    const refused = [
      await refusal(join(folder, 'missing.pem'), 'RS256'),
      await refusal(await given('hello.pem', 'hello'), 'RS256'),
      await refusal(await given('edwards.pem', edwards()), 'RS256'),
      await refusal(await given('small.pem', small), 'EdDSA'),
      await refusal(await given('small.pem', small), 'PS256'),
    ];
    for (const error of refused) expect(error).to.be.instanceOf(SigningKeyUnfit);
    expect(String(refused.at(-1))).to.match(/2048 bits: give a PEM file/);
  });
});
