import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { migrate, MigrationRefused } from '../../src/infra/postgres/migrate.ts';
import { ask } from '../support/embedded.ts';
import { emptyDatabase, type TestDatabase } from '../support/postgres.ts';

describe('Migrations', () => {
  let database: TestDatabase;
  let folder: string;
  const write = (name: string, sql: string): void => writeFileSync(path.join(folder, name), sql);
  const run = () => migrate(database.url, folder);
  const refusal = async (): Promise<string> => {
    const error = await run().catch((refused: unknown) => refused);
    expect(error).to.be.instanceOf(MigrationRefused);
    return (error as MigrationRefused).code;
  };
  const soups = () => ask(database.url, 'select name from soups order by name');

  beforeEach(async () => {
    database = await emptyDatabase();
    folder = mkdtempSync(path.join(tmpdir(), 'brigade-migrations-'));
    write('0001-soups.sql', 'create table soups (name text);');
    write('0002-leek.sql', "insert into soups values ('leek'); insert into soups values ('onion');");
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await database.close();
  });

  it('are applied in order, once', async () => {
    expect(await run()).to.deep.equal(['0001-soups.sql', '0002-leek.sql']);
    expect(await run()).to.deep.equal([]);
    expect(await soups()).to.deep.equal([{ name: 'leek' }, { name: 'onion' }]);
  });

  it('go on from where they were', async () => {
    await run();
    write('0003-more.sql', "insert into soups values ('pea');");
    expect(await run()).to.deep.equal(['0003-more.sql']);
  });

  it('are applied once by programs that start at the same moment', async () => {
    const applied = await Promise.all([run(), run(), run(), run()]);
    expect(applied.flat().toSorted()).to.deep.equal(['0001-soups.sql', '0002-leek.sql']);
    expect(await soups()).to.have.length(2);
  });

  it('leave nothing of one that fails', async () => {
    write('0003-broken.sql', "insert into soups values ('pea'); insert into stews values ('goulash');");
    expect(await refusal()).to.equal('migration-failed');
    expect(await soups()).to.have.length(2);
    write('0003-broken.sql', "insert into soups values ('pea');");
    expect(await run()).to.deep.equal(['0003-broken.sql']);
  });

  it('refuse a database that a newer program has migrated', async () => {
    await run();
    unlinkSync(path.join(folder, '0002-leek.sql'));
    expect(await refusal()).to.equal('migration-unknown');
  });

  it('refuse a file that was changed after it was applied', async () => {
    await run();
    write('0001-soups.sql', 'create table soups (name text not null);');
    expect(await refusal()).to.equal('migration-changed');
  });

  it('refuse a file that comes too late', async () => {
    await run();
    write('0000-first.sql', 'create table stews ();');
    expect(await refusal()).to.equal('migration-skipped');
  });

  it('of the project itself give the program its role, in databases made at the same moment', async () => {
    const others = await Promise.all([emptyDatabase(), emptyDatabase(), emptyDatabase()]);
    await Promise.all(others.map(({ url }) => migrate(url)));
    const roles = await ask(
      others[0]?.url ?? '',
      "select rolname as name, rolsuper as super from pg_roles where rolname like 'brigade\\_%' order by 1",
    );
    expect(roles).to.deep.equal([
      { name: 'brigade_app', super: false },
      { name: 'brigade_reader', super: false },
    ]);
    await Promise.all(others.map(({ close }) => close()));
  });
});
