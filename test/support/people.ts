import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { TokenPair } from '../../src/http/ports.ts';
import type { Caller, TestServer } from './server.ts';

export const GOOD_PASSWORD = 'seven purple herons wade';

export type Person = { readonly call: Caller; readonly tokens: TokenPair; readonly id: string; readonly email: string };

export const newEmail = (): string => `${randomUUID()}@example.com`;

/** Logged in once more: a session of its own. */
export const loggedIn = async (server: TestServer, email: string, password = GOOD_PASSWORD): Promise<Person> => {
  const { status, body } = await server.nobody<TokenPair>('POST', '/auth/login', { body: { email, password } });
  expect(status).to.equal(200);
  const call = server.withToken(body.access_token);
  const me = await call<{ readonly id: string }>('GET', '/users/me');
  return { call, tokens: body, id: me.body.id, email };
};

/** Somebody who made his account himself, and so has no role. */
export const registered = async (server: TestServer): Promise<Person> => {
  const email = newEmail();
  const { status } = await server.nobody('POST', '/auth/register', { body: { email, password: GOOD_PASSWORD, full_name: 'Ada Quill' } });
  expect(status).to.equal(201);
  return loggedIn(server, email);
};
