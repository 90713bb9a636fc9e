import { expect } from 'chai';
import { Client } from 'pg';
import { testDatabase, type TestDatabase } from '../support/postgres.ts';

describe('Migrations', () => {
  let database: TestDatabase;
  before(async () => { database = await testDatabase(); });
  after(() => database.close());

  it('are applied to a test database', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query('select name from public.migrations order by number');
    await client.end();
    expect(rows[0]).to.deep.equal({ name: '0000-roles.sql' });
  });
});
