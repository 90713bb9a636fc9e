import Type from 'typebox';

/** A piece of the document. */
export type Part = { readonly [name: string]: unknown };

export const schemaRef = (name: string): Part => ({ $ref: `#/components/schemas/${name}` });
export const parameterRef = (name: string): Part => ({ $ref: `#/components/parameters/${name}` });
const headerRef = (name: string): Part => ({ $ref: `#/components/headers/${name}` });
const responseRef = (name: string): Part => ({ $ref: `#/components/responses/${name}` });

export const json = (schema: Part): Part => ({ 'application/json': { schema } });

export const answer = (description: string, schema: Part, headers: readonly HeaderName[] = []): Part => ({
  description,
  ...(headers.length > 0 ? { headers: Object.fromEntries(headers.map((name) => [name, headerRef(name)])) } : {}),
  content: json(schema),
});

/** Answers by status, from the components; too many requests may come anywhere. */
export const problems = (...statuses: readonly ProblemStatus[]): Part =>
  Object.fromEntries([...statuses, 429 as const].map((status) => [String(status), responseRef(PROBLEMS[status].name)]));

export const headers = {
  ETag: { description: 'The revision, as "3"; send it back as If-Match.', schema: { type: 'string' } },
  'Log-Position': { description: 'Where the log is after this command; send it back as Min-Position.', schema: { type: 'integer' } },
  'Retry-After': { description: 'Seconds to wait before asking again.', schema: { type: 'integer' } },
  RateLimit: { description: 'What is left of the limit nearest to its end, as "user";r=120;t=4.', schema: { type: 'string' } },
  'RateLimit-Policy': { description: 'That limit: so many requests in so many seconds, as "user";q=200;w=10.', schema: { type: 'string' } },
  'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string' } },
} as const;
type HeaderName = keyof typeof headers;

export const parameters = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same key and payload give the same answer and no second effect, also after a restart. Terminals must send one.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The revision that was read, as "3": anything else is refused with 412.',
    schema: { type: 'string' },
  },
  Approval: {
    name: 'Approval',
    in: 'header',
    description: 'What somebody who may do this gave with his PIN (POST /api/v1/auth/approvals).',
    schema: { type: 'string' },
  },
  MinPosition: {
    name: 'Min-Position',
    in: 'header',
    description: 'Waits until the answer holds everything up to this Log-Position; also as the query parameter min-position.',
    schema: { type: 'integer', minimum: 0 },
  },
  AsOf: {
    name: 'asOf',
    in: 'query',
    description: 'The answer as it was at an instant (ISO 8601) or a log position.',
    schema: { type: 'string' },
  },
} as const;

type Problem = {
  readonly name: string;
  readonly description: string;
  readonly codes: readonly string[];
  readonly headers?: readonly HeaderName[];
};

const PROBLEMS = {
  400: {
    name: 'NotUnderstood',
    description: 'The request does not fit its schema; `errors` says where.',
    codes: [
      'request-invalid',
      'card-number-refused',
      'body-malformed',
      'body-too-deep',
      'text-unfit',
      'address-unfit',
      'idempotency-key-required',
      'idempotency-key-malformed',
      'if-match-malformed',
      'min-position-malformed',
      'as-of-malformed',
      'as-of-unsupported',
      'occurred-in-the-future',
      'command-unknown',
      'refresh-token-missing',
      'permission-unknown',
      'reset-link-void',
      'email-invalid',
      'password-length',
      'password-common',
      'password-personal',
      'password-wrong',
      'current-password-required',
      'preferences-too-large',
    ],
  },
  401: {
    name: 'Unauthenticated',
    description: 'No valid token, or the wrong e-mail address or password.',
    codes: ['unauthenticated', 'invalid-credentials', 'invalid-refresh-token', 'second-factor-required', 'code-wrong', 'pin-wrong'],
    headers: ['WWW-Authenticate'],
  },
  403: {
    name: 'Forbidden',
    description: 'None of your roles has the permission.',
    codes: [
      'permission-missing',
      'account-disabled',
      'registration-closed',
      'password-login-required',
      'second-factor-required',
      'own-password-required',
      'grant-beyond-own',
      'terminal-required',
      'approver-not-permitted',
      'approval-void',
    ],
  },
  404: {
    name: 'Absent',
    description: 'There is no such thing, or it is another location’s.',
    codes: ['not-found', 'stream-unknown', 'order-unknown', 'subject-unknown', '…-unknown'],
  },
  409: {
    name: 'Refused',
    description: 'A rule says no; `code` names the rule, `detail` says what to do.',
    codes: [
      'order-not-open',
      'balance-due',
      'key-in-flight',
      'last-owner',
      'email-taken',
      'role-exists',
      'subject-erased',
      'erasure-of-oneself',
      '…',
    ],
  },
  412: { name: 'Stale', description: 'It has changed since the revision in If-Match.', codes: ['revision-stale'] },
  413: { name: 'TooLarge', description: 'The body is larger than the server takes.', codes: ['body-too-large'] },
  415: { name: 'NotJson', description: 'The body is not JSON.', codes: ['body-type-unsupported', 'body-encoded'] },
  422: { name: 'KeyReused', description: 'The Idempotency-Key was used for another payload.', codes: ['key-reused'] },
  429: {
    name: 'TooMany',
    description: 'Too many requests or attempts.',
    codes: ['rate-limited', 'account-locked'],
    headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  },
  503: {
    name: 'Unavailable',
    description: 'Not now: ask again with the same Idempotency-Key.',
    codes: [
      'dependency-unavailable',
      'read-model-behind',
      'request-timeout',
      'too-much-contention',
      'newer-version-needed',
      'login-overloaded',
      'mail-not-configured',
    ],
    headers: ['Retry-After'],
  },
} as const satisfies { readonly [status: number]: Problem };
export type ProblemStatus = keyof typeof PROBLEMS;

const problemResponse = ({ description, codes, headers: names = [] }: Problem): Part => ({
  description: `${description}\n\nCodes: ${codes.map((code) => `\`${code}\``).join(', ')}`,
  ...(names.length > 0 ? { headers: Object.fromEntries(names.map((name) => [name, headerRef(name)])) } : {}),
  content: { 'application/problem+json': { schema: schemaRef('Problem') } },
});

export const responses: Part = Object.fromEntries(Object.values(PROBLEMS).map((problem) => [problem.name, problemResponse(problem)]));

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri-reference' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'stable; what programs decide on' }),
    detail: Type.String({ description: 'a sentence that says what to do' }),
    instance: Type.String(),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String({ description: 'JSON pointer into what was sent' }), message: Type.String() }), {
        description: 'the fields that are wrong',
      }),
    ),
  },
  { description: 'RFC 9457 problem details' },
);

export const AcceptedSchema = Type.Object(
  {
    id: Type.String({ description: 'what the command was about' }),
    revision: Type.Integer({ description: 'how many events it has now' }),
    position: Type.Integer({ description: 'where the log is now' }),
  },
  {
    description: 'A command’s answer. Beside these it says the ids the server chose: `orderId`, `lineIds`, …',
    additionalProperties: Type.Union([Type.String(), Type.Array(Type.String())]),
  },
);
