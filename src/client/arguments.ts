import type { Login } from './api.ts';

/** The command line is not as it should be; the message says what is. */
export class UsageError extends Error {}

export const LOGIN_OPTIONS = { url: { type: 'string' }, email: { type: 'string' }, password: { type: 'string' } } as const;

export const LOGIN_HELP = `  --url, --email, --password   the server and a login; or BRIGADE_URL, BRIGADE_EMAIL, BRIGADE_PASSWORD`;

const DEFAULT_URL = 'http://localhost:3000';

type Given = { readonly url?: string | undefined; readonly email?: string | undefined; readonly password?: string | undefined };

export const loginFrom = (given: Given, env: NodeJS.ProcessEnv): Login => {
  const email = given.email ?? env['BRIGADE_EMAIL'];
  const password = given.password ?? env['BRIGADE_PASSWORD'];
  if (email === undefined || password === undefined)
    throw new UsageError('--email and --password are needed (or BRIGADE_EMAIL and BRIGADE_PASSWORD): npm start prints the first login');
  return { url: given.url ?? env['BRIGADE_URL'] ?? DEFAULT_URL, email, password };
};
