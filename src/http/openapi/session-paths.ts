import { SessionsQuery } from '../routes/refresh-tokens.ts';
import { API, at, OPEN, parameter, takes, text } from './own-operation.ts';
import { answer, problems, schemaRef } from './parts.ts';
import type { Operation } from './registry-paths.ts';
import { written } from './schemas.ts';

/** Logging in, staying logged in, and one’s own account. */
export const sessionOperations: readonly Operation[] = [
  at('post', `${API}/auth/register`, {
    operationId: 'register',
    summary: 'Make an account',
    description: 'It can do nothing until somebody grants it a role. The answer is the same where the address has an account already.',
    ...OPEN,
    ...takes('Register'),
    responses: { 201: answer('Made', schemaRef('Registered')), ...problems(400, 403, 503) },
  }),
  at('post', `${API}/auth/login`, {
    operationId: 'login',
    summary: 'Log in',
    ...OPEN,
    ...takes('Login'),
    responses: { 200: answer('Logged in', schemaRef('TokenPair')), ...problems(400, 401, 403, 429, 503) },
  }),
  at('post', `${API}/auth/refresh`, {
    operationId: 'refresh',
    summary: 'Exchange a refresh token for new tokens',
    description:
      'A refresh token is good for one exchange. Asked again within ten seconds, because the answer was lost, it gives the same new one; ' +
      'used later it ends the session, for somebody copied it.',
    ...OPEN,
    ...takes('Refresh', false),
    responses: { 200: answer('Exchanged', schemaRef('TokenPair')), ...problems(400, 401, 503) },
  }),
  at('post', `${API}/auth/logout`, {
    operationId: 'logout',
    summary: 'End the session of a refresh token, or of an access token sent as Bearer',
    ...OPEN,
    ...takes('Refresh', false),
    responses: { 204: { description: 'Ended' }, ...problems(400, 503) },
  }),
  at('put', `${API}/auth/password`, {
    operationId: 'changePassword',
    summary: 'Change your password',
    description: 'Ends your other sessions.',
    ...takes('ChangePassword'),
    responses: { 204: { description: 'Changed' }, ...problems(400, 401, 403, 429, 503) },
  }),
  at('post', `${API}/auth/password/forgot`, {
    operationId: 'forgotPassword',
    summary: 'Ask for a link that sets a new password',
    description: 'It is mailed. The answer is the same where there is no such account.',
    ...OPEN,
    ...takes('ForgotPassword'),
    responses: { 202: answer('Heard', schemaRef('Said')), ...problems(400, 503) },
  }),
  at('post', `${API}/auth/password/reset`, {
    operationId: 'resetPassword',
    summary: 'Set a new password with a mailed link',
    description: 'Ends all sessions. A second factor is asked for as before.',
    ...OPEN,
    ...takes('ResetPassword'),
    responses: { 204: { description: 'Set' }, ...problems(400, 503) },
  }),
  at('post', `${API}/auth/second-factor`, {
    operationId: 'beginSecondFactor',
    summary: 'Begin to set up an authenticator',
    ...takes('BeginSecondFactor'),
    responses: {
      200: answer('Its secret, of no effect until confirmed', schemaRef('SecondFactorSecret')),
      ...problems(400, 401, 403, 409, 429, 503),
    },
  }),
  at('post', `${API}/auth/second-factor/confirm`, {
    operationId: 'confirmSecondFactor',
    summary: 'Confirm the authenticator with a code it shows',
    ...takes('SecondFactorCode'),
    responses: { 200: answer('From now on each login asks for a code', schemaRef('RecoveryCodes')), ...problems(400, 401, 403, 429, 503) },
  }),
  at('post', `${API}/auth/second-factor/remove`, {
    operationId: 'removeSecondFactor',
    summary: 'Remove the authenticator',
    ...takes('SecondFactorCode'),
    responses: { 204: { description: 'Removed' }, ...problems(400, 401, 403, 429, 503) },
  }),
  at('post', `${API}/auth/pin`, {
    operationId: 'signInWithPin',
    summary: 'Sign in at a shared terminal',
    description: 'Asked with the terminal’s own access token. The person may do what the floor needs, at that terminal’s location.',
    ...takes('SignInWithPin'),
    responses: { 200: answer('The person’s tokens, for a working day', schemaRef('TokenPair')), ...problems(400, 401, 403, 429, 503) },
  }),
  at('post', `${API}/auth/approvals`, {
    operationId: 'approve',
    summary: 'Approve one thing with your PIN, at another’s terminal',
    description: 'Send the approval with the command, as the header `Approval`, within two minutes.',
    ...takes('Approve'),
    responses: { 200: answer('Good for this one thing', schemaRef('Approval')), ...problems(400, 401, 403, 429, 503) },
  }),
  at('post', `${API}/users/me/pin`, {
    operationId: 'issuePin',
    summary: 'Get a PIN for shared terminals',
    description: 'Six digits, made for you and shown once; the one before is void.',
    ...takes('IssuePin'),
    responses: { 200: answer('The PIN', schemaRef('IssuedPin')), ...problems(400, 401, 403, 429, 503) },
  }),
  at('get', `${API}/users/me`, {
    operationId: 'me',
    summary: 'Who the access token belongs to',
    responses: { 200: answer('You', schemaRef('Me')), ...problems(401, 503) },
  }),
  at('put', `${API}/users/me`, {
    operationId: 'changeMe',
    summary: 'Change your name or your preferences',
    ...takes('ChangeMe'),
    responses: { 200: answer('You', schemaRef('Me')), ...problems(400, 401, 403, 503) },
  }),
  at('get', `${API}/refresh_tokens`, {
    operationId: 'refreshTokens',
    summary: 'Your sessions, or somebody’s whom you administer',
    parameters: Object.entries(SessionsQuery.properties).map(([name, schema]) => parameter(name, 'query', written(schema))),
    responses: { 200: answer('Those that are open, newest first', schemaRef('SessionList')), ...problems(400, 401, 503) },
  }),
  at('get', `${API}/refresh_tokens/{id}`, {
    operationId: 'refreshToken',
    summary: 'One session',
    parameters: [parameter('id', 'path', text)],
    responses: { 200: answer('The session, without its token', schemaRef('Session')), ...problems(401, 404, 503) },
  }),
  at('delete', `${API}/refresh_tokens/{id}`, {
    operationId: 'revokeRefreshToken',
    summary: 'End a session',
    description: 'Its access tokens and live streams end with it, within a second.',
    parameters: [parameter('id', 'path', text)],
    responses: { 204: { description: 'Ended' }, ...problems(401, 404, 503) },
  }),
  at('get', '/.well-known/jwks.json', {
    operationId: 'jwks',
    summary: 'The keys that check access tokens',
    ...OPEN,
    responses: { 200: { description: 'RFC 7517 key set', content: { 'application/jwk-set+json': { schema: { type: 'object' } } } } },
  }),
];
