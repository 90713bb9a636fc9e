import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export const SERVER = 'BRIGADE_TEST_SERVER';
export const TEMPLATE = 'brigade_template';

export type TestDatabase = { readonly url: string; readonly close: () => Promise<void> };

/** The owner's connection string to a database of the run's server. */
export const serverUrl = (database = 'postgres'): string => {
  const server = process.env[SERVER];
  if (server === undefined) throw new Error('This test needs PostgreSQL: run it with `npm test` or `npx mocha <file>`, which start one.');
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
};

const asOwner = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

/** With the database of the keys, which a program makes beside it. */
const drop = async (name: string): Promise<void> => {
  await asOwner(`drop database ${name} with (force)`);
  await asOwner(`drop database if exists ${name}_keys with (force)`);
};

/** A database of one's own, migrated, empty; the URL is the owner's. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asOwner(`create database ${name} template ${TEMPLATE}`);
  return { url: serverUrl(name), close: () => drop(name) };
};

/** A database without any table. */
export const emptyDatabase = async (): Promise<TestDatabase> => {
  const name = `empty_${randomBytes(8).toString('hex')}`;
  await asOwner(`create database ${name}`);
  return { url: serverUrl(name), close: () => drop(name) };
};
