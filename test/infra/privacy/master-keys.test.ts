import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fileMasterKeys, newMasterKey } from '../../../src/infra/privacy/file-master-keys.ts';
import { MasterKeyUnfit } from '../../../src/infra/privacy/master-keys.ts';

const unfit = async (work: Promise<unknown>, words: string): Promise<void> => {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).to.be.instanceOf(MasterKeyUnfit);
  expect((thrown as Error).message).to.include(words);
};

describe('Master keys in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    file = join(folder, 'keys', 'master-keys');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are made once, for us alone to read, whoever starts at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => fileMasterKeys(file, { make: true })));
    expect(new Set(all.map(({ present }) => present)).size).to.equal(1);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
  });

  it('wrap a key for its subject alone', async () => {
    const keys = await fileMasterKeys(file, { make: true });
    const key = randomBytes(32);
    const wrapped = await keys.wrap('ana', key);
    expect(wrapped.wrapped.includes(key)).to.equal(false);
    expect(await keys.unwrap([wrapped])).to.deep.equal([key]);
    await unfit(keys.unwrap([{ ...wrapped, subject: 'ben' }]), 'data key of ben');
  });

  it('are changed by a new first line: the old one still opens, the new one wraps', async () => {
    const before = await fileMasterKeys(file, { make: true });
    const key = randomBytes(32);
    const old = await before.wrap('ana', key);
    await writeFile(file, newMasterKey() + (await readFile(file, 'utf8')));
    const after = await fileMasterKeys(file, { make: false });
    expect(after.present).to.not.equal(before.present);
    expect(await after.unwrap([old])).to.deep.equal([key]);
    expect((await after.wrap('ana', key)).wrappedBy).to.equal(after.present);
  });

  it('are refused with what to do where they are not there, not whole, or another’s', async () => {
    await unfit(fileMasterKeys(file, { make: false }), 'is not there');
    const keys = await fileMasterKeys(file, { make: true });
    const wrapped = await keys.wrap('ana', randomBytes(32));
    await writeFile(file, newMasterKey());
    await unfit((await fileMasterKeys(file, { make: false })).unwrap([wrapped]), 'put it back');
    for (const text of ['', 'not a key\n', 'id short=\n', 'same ' + 'A'.repeat(43) + '=\nsame ' + 'B'.repeat(43) + '=\n']) {
      await writeFile(file, text);
      await unfit(fileMasterKeys(file, { make: false }), file);
    }
  });
});
