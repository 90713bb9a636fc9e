import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { calculateJwkThumbprint } from 'jose';
import { signingKey, SigningKeyUnfit } from '../../../src/infra/identity/signing-key.ts';

describe('The signing key', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'brigade-keys-'))));
  after(() => rm(folder, { recursive: true }));

  const refusal = async (content: string | Buffer): Promise<unknown> => {
    const file = join(folder, 'given.pem');
    await writeFile(file, content);
    return signingKey({ file, folder }).catch((thrown: unknown) => thrown);
  };

  it('is made once, of 3072 bits, for its owner alone, also by programs that start at once', async () => {
    const keys = join(folder, 'keys');
    const made = await Promise.all([1, 2, 3].map(() => signingKey({ file: null, folder: keys })));
    const [first] = made;
    expect(new Set(made.map(({ kid }) => kid)).size).to.equal(1);
    expect(first?.privateKey.asymmetricKeyDetails?.modulusLength).to.equal(3072);
    expect(first?.kid).to.equal(await calculateJwkThumbprint(first?.publicJwk ?? {}));
    expect(await readdir(keys)).to.deep.equal(['access-tokens.pem']);
    expect((await stat(join(keys, 'access-tokens.pem'))).mode & 0o777).to.equal(0o600);
    expect((await stat(keys)).mode & 0o777).to.equal(0o700);
    expect((await signingKey({ file: null, folder: keys })).kid).to.equal(first?.kid);
  });

  it('is read from a file where one is given', async () => {
    const keys = join(folder, 'others');
    const { kid } = await signingKey({ file: null, folder: keys });
    const file = join(folder, 'copy.pem');
    await writeFile(file, await readFile(join(keys, 'access-tokens.pem')));
    expect((await signingKey({ file, folder: join(folder, 'unused') })).kid).to.equal(kid);
  });

  it('refuses a file that is not there, not a key, not RSA, or too small', async () => {
    const pem = { type: 'pkcs8', format: 'pem' } as const;
    const small = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem);
    const curve = generateKeyPairSync('ed25519').privateKey.export(pem);
    const missing = await signingKey({ file: join(folder, 'missing.pem'), folder }).catch((thrown: unknown) => thrown);
    const refused = [missing, await refusal('hello'), await refusal(curve), await refusal(small)];
    for (const error of refused) expect(error).to.be.instanceOf(SigningKeyUnfit);
    expect(String(refused.at(-1))).to.match(/2048 bits: give a PEM file/);
  });
});
