import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { breachedPasswords, BreachedPasswordsUnfit } from '../../../src/infra/identity/breached-passwords.ts';

const hashOf = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();
const listed = Array.from({ length: 500 }, (_, n) => `breached ${n}`);

describe('A list of breached passwords', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'brigade-breached-'))));
  after(() => rm(folder, { recursive: true }));

  const written = async (lines: readonly string[], end: string, last = end): Promise<string> => {
    const file = join(folder, 'list.txt');
    await writeFile(file, lines.join(end) + last);
    return file;
  };
  const hashes = listed.map(hashOf).toSorted();

  for (const [what, lines, end, last] of [
    ['with counts, as Have I Been Pwned gives it out', hashes.map((hash, n) => `${hash}:${n * 7919}`), '\r\n', '\r\n'],
    ['of hashes alone, its last line not ended', hashes, '\n', ''],
  ] as const) {
    it(`finds each, and no other, ${what}`, async () => {
      const isBreached = await breachedPasswords(await written(lines, end, last));
      for (const password of listed) expect(await isBreached(password), password).to.equal(true);
      for (let n = 0; n < 200; n++) expect(await isBreached(`another ${n}`)).to.equal(false);
    });
  }

  it('may be of one', async () => {
    const isBreached = await breachedPasswords(await written([hashOf('one')], '\n'));
    expect([await isBreached('one'), await isBreached('two')]).to.deep.equal([true, false]);
  });

  it('need not be', async () => {
    expect(await (await breachedPasswords(null))('anything')).to.equal(false);
  });

  it('is refused where it is not there, empty, or of something else', async () => {
    for (const file of [join(folder, 'none'), await written([], ''), await written(['password'], '\n')]) {
      const refusal = await breachedPasswords(file).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(BreachedPasswordsUnfit);
    }
  });
});
