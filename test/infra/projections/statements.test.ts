import { expect } from 'chai';
import { Client } from 'pg';
import { runTogether, type Call } from '../../../src/infra/projections/statements.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { thrownBy } from '../event-store/thrown-by.ts';

const put = (table: string, ...numbers: readonly number[]): Call => ({
  statement: { name: `put ${table}`, text: (first) => `insert into ${table} select unnest($${first}::int[])` },
  values: [numbers],
});
const answered = (word: string): Call => ({
  statement: { name: 'answer', text: (first) => `select $${first}::text as word` },
  values: [word],
});
const named = (nth: number): Call => ({
  statement: { name: `answer ${nth}`, text: (first) => `select $${first}::text as word` },
  values: ['one'],
});

describe('Statements that run as one', () => {
  let database: TestDatabase;
  let client: Client;
  beforeEach(async () => {
    database = await testDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('create table evens (n int primary key check (n % 2 = 0)); create table odds (n int primary key)');
  });
  afterEach(async () => {
    await client.end();
    await database.close();
  });
  const rowsOf = async (table: string): Promise<readonly number[]> => {
    const { rows } = await client.query<{ n: number }>(`select n from ${table} order by n`);
    return rows.map(({ n }) => n);
  };

  it('all write, and the last one answers', async () => {
    for (const base of [0, 10]) {
      const answer = await runTogether(client, [put('evens', base, base + 2), put('odds', base + 1)], answered('done'));
      expect(answer?.rows).to.deep.equal([{ word: 'done' }]);
    }
    expect(await rowsOf('evens')).to.deep.equal([0, 2, 10, 12]);
    expect(await rowsOf('odds')).to.deep.equal([1, 11]);
  });

  it('write nothing where one is refused', async () => {
    const refused = runTogether(client, [put('odds', 1), put('evens', 3)], answered('done'));
    expect(await thrownBy(refused ?? Promise.resolve())).to.have.property('code', '23514');
    expect(await rowsOf('odds')).to.deep.equal([]);
    await runTogether(client, [put('odds', 1), put('evens', 4)], answered('done'));
    expect(await rowsOf('odds')).to.deep.equal([1]);
  });

  it('are kept prepared in so many combinations, and no more', async () => {
    const answers: boolean[] = [];
    for (let nth = 0; nth < 60; nth++) answers.push((await runTogether(client, [put('odds', nth)], named(nth))) !== null);
    expect(answers.filter(Boolean)).to.have.length(50);
    expect((await rowsOf('odds')).length).to.equal(50);
    expect((await runTogether(client, [put('odds', 100)], named(0)))?.rows).to.deep.equal([{ word: 'one' }]);
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from pg_prepared_statements');
    expect(rows).to.deep.equal([{ count: 50 }]);
  });
});
