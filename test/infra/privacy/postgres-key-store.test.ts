import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { KeyStore } from '../../../src/infra/privacy/key-store.ts';
import type { Subject } from '../../../src/domain/subject.ts';
import { fileMasterKeys, newMasterKey } from '../../../src/infra/privacy/file-master-keys.ts';
import { backUpKeys, KeysFileRefused, restoreKeys } from '../../../src/infra/privacy/keys-backup.ts';
import { openKeysDatabase } from '../../../src/infra/privacy/keys-database.ts';
import { postgresKeyStore } from '../../../src/infra/privacy/postgres-key-store.ts';
import { ask } from '../../support/embedded.ts';
import { emptyDatabase, type TestDatabase } from '../../support/postgres.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ana: Subject = { id: 'ana', kind: 'staff' };
const ben: Subject = { id: 'ben', kind: 'guest' };

describe('The key store', () => {
  let database: TestDatabase;
  let folder: string;
  let masterFile: string;
  let url: string;
  let store: KeyStore;
  let undo: (() => Promise<unknown>)[] = [];

  const openStore = async (at: string): Promise<KeyStore> => {
    const opened = postgresKeyStore({ url: at, masterKeys: await fileMasterKeys(masterFile, { make: true }), log });
    undo.push(opened.close);
    return opened;
  };

  beforeEach(async () => {
    database = await emptyDatabase();
    folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    masterFile = join(folder, 'master-keys');
    url = await openKeysDatabase(database.url, 'unused');
    store = await openStore(url);
  });
  afterEach(async () => {
    for (const step of undo.toReversed()) await step();
    undo = [];
    await database.close();
    await rm(folder, { recursive: true });
  });

  it('makes one key for each, whoever asks at once, and keeps it wrapped', async () => {
    const others = await openStore(url);
    const [one, two] = await Promise.all([store.make([ana, ben], null), others.make([ben, ana], null)]);
    expect(one.get('ana')).to.deep.equal(two.get('ana'));
    expect(one.get('ana')).to.not.deep.equal(one.get('ben'));
    expect(await store.read(['ana', 'nobody'])).to.deep.equal(new Map([['ana', one.get('ana')]]));
    const rows = JSON.stringify(await ask(url, "select encode(wrapped, 'hex') as wrapped from data_keys"));
    expect(rows).to.not.include(one.get('ana')?.toString('hex'));
  });

  it('destroys a key for good: none is made again, and the first word stands', async () => {
    const made = (await store.make([ana], null)).get('ana');
    const [first] = await store.destroy([ana], 'requested', 'owner');
    expect(first).to.include({ id: 'ana', kind: 'staff', reason: 'requested', erasedBy: 'owner' });
    expect(await store.destroy([ana], 'unlawful', 'other')).to.deep.equal([first]);
    expect(await store.make([ana], null)).to.deep.equal(new Map([['ana', null]]));
    expect(await store.destroyedSince(null)).to.deep.equal([first]);
    expect(made).to.have.length(32);
  });

  it('can be told that somebody is erased whom it never knew', async () => {
    await store.destroy([ben], 'requested', 'owner');
    expect((await store.make([ben], null)).get('ben')).to.equal(null);
  });

  it('knows who was there before', async () => {
    await store.make([ana, ben], 'here');
    const later = new Date('2999-01-01');
    expect(await store.madeBefore('guest', later, 10)).to.deep.equal(['ben']);
    expect(await store.madeBefore('guest', new Date('2000-01-01'), 10)).to.deep.equal([]);
    expect(await store.find('ben')).to.deep.equal({ ...ben, locationId: 'here', destroyed: null });
    expect(await store.find('nobody')).to.equal(null);
  });

  it('wraps all anew under a new master key, and needs the old one no more', async () => {
    const before = await store.make([ana, ben], null);
    const secret = await store.secret('fingerprints');
    await store.destroy([ben], 'requested', 'owner');
    await writeFile(masterFile, newMasterKey() + (await readFile(masterFile, 'utf8')));
    expect(await (await openStore(url)).rewrap()).to.equal(2);
    const [onlyNew = ''] = (await readFile(masterFile, 'utf8')).split('\n');
    await writeFile(masterFile, onlyNew);
    const after = await openStore(url);
    expect((await after.read(['ana'])).get('ana')).to.deep.equal(before.get('ana'));
    expect(await after.secret('fingerprints')).to.deep.equal(secret);
    expect(await after.rewrap()).to.equal(0);
  });

  it('is backed up and restored; who was erased in either stays erased', async () => {
    const file = join(folder, 'keys.json');
    const made = await store.make([ana, ben], null);
    const secret = await store.secret('fingerprints');
    expect(await backUpKeys(url, file)).to.equal(2);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);

    await store.destroy([ben], 'requested', 'owner');
    await restoreKeys(url, file);
    expect((await store.read(['ben'])).get('ben')).to.equal(null);

    await backUpKeys(url, file);
    const other = await emptyDatabase();
    undo.unshift(other.close);
    const elsewhere = await openStore(await openKeysDatabase(other.url, 'unused'));
    await elsewhere.make([ben], null);
    expect(await restoreKeys(other.url, file)).to.equal(2);
    expect(await elsewhere.read(['ana', 'ben'])).to.deep.equal(
      new Map([
        ['ana', made.get('ana')],
        ['ben', null],
      ]),
    );
    expect(await elsewhere.secret('fingerprints')).to.deep.equal(secret);
  });

  it('refuses a file that is none of keys', async () => {
    const file = join(folder, 'other.json');
    for (const text of [
      '',
      '{"format":"brigade-keys"',
      '{"format":"brigade-backup","keys":[]}',
      '{"format":"brigade-keys","version":2,"keys":[]}',
    ]) {
      await writeFile(file, text);
      const thrown: unknown = await restoreKeys(url, file).catch((error: unknown) => error);
      expect(thrown, text).to.be.instanceOf(KeysFileRefused);
    }
  });

  it('is made beside a database that has none', async () => {
    const beside = await openKeysDatabase(null, database.url);
    expect(beside).to.match(/_keys$/);
    expect(await openKeysDatabase(null, database.url)).to.equal(beside);
    await ask(database.url, `drop database "${new URL(beside).pathname.slice(1)}" with (force)`);
  });
});
