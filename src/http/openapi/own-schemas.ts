import type { TSchema } from 'typebox';
import { ChangePassword, ForgotPassword, Login, Refresh, Register, Registered, ResetPassword, TokenPair } from '../routes/auth.ts';
import { Batch } from '../routes/batch.ts';
import { Alive, Report } from '../routes/health.ts';
import { ChangeMe, Me } from '../routes/me.ts';
import { ChangeRole, DefineRole, Role } from '../routes/roles.ts';
import { Approve, EnrolTerminal, IssuePin, SignInWithPin } from '../routes/terminals.ts';
import { Account, ChangeUser, CreateUser } from '../routes/users.ts';
import { BeginSecondFactor, RecoveryCodes, SecondFactorCode, SecondFactorSecret } from '../routes/second-factor.ts';
import { SessionAnswer } from '../routes/refresh-tokens.ts';
import { ErasureAnswer, ErasureRequest } from '../routes/privacy.ts';
import { AcceptedSchema, ProblemSchema, schemaRef, type Part } from './parts.ts';
import { written } from './schemas.ts';

const text: Part = { type: 'string' };
const integer: Part = { type: 'integer' };
const textOrNone: Part = { type: ['string', 'null'] };
const time: Part = { type: 'string', format: 'date-time' };

const JOB_STATES = ['waiting', 'active', 'delayed', 'completed', 'failed', 'dead'];

const object = (properties: Part): Part => ({ type: 'object', required: Object.keys(properties), properties });
const list = (items: Part): Part => ({ type: 'array', items });

const checked: { readonly [name: string]: TSchema } = {
  Login,
  Refresh,
  TokenPair,
  Register,
  Registered,
  ChangePassword,
  ForgotPassword,
  ResetPassword,
  Me,
  ChangeMe,
  Session: SessionAnswer,
  BeginSecondFactor,
  SecondFactorSecret,
  SecondFactorCode,
  RecoveryCodes,
  EnrolTerminal,
  IssuePin,
  SignInWithPin,
  Approve,
  Account,
  CreateUser,
  ChangeUser,
  Role,
  DefineRole,
  ChangeRole,
  Batch,
  Alive,
  HealthReport: Report,
  ErasureRequest,
  Erasure: ErasureAnswer,
  Problem: ProblemSchema,
  Accepted: AcceptedSchema,
};

/** What the routes that no registry declares take and answer. */
export const ownSchemas: Part = {
  ...Object.fromEntries(Object.entries(checked).map(([name, schema]) => [name, written(schema)])),
  AccountPage: object({ items: list(schemaRef('Account')), next: textOrNone }),
  RoleList: object({ builtIn: { type: 'object', additionalProperties: list(text) }, items: list(schemaRef('Role')) }),
  Said: object({ detail: text }),
  TerminalList: object({ items: list(object({ id: text, terminalId: text, locationIds: list(text), disabled: { type: 'boolean' } })) }),
  EnrolledTerminal: object({
    id: text,
    terminalId: text,
    locationIds: list(text),
    disabled: { type: 'boolean' },
    access_token: text,
    refresh_token: text,
    token_type: text,
    expires_in: integer,
  }),
  IssuedPin: object({ pin: text }),
  Approval: object({ approval: text, approved_by: text, expires_in: integer }),
  SessionList: object({ items: list(schemaRef('Session')) }),
  Outcomes: object({
    outcomes: list(object({ key: text, status: integer, body: { anyOf: [schemaRef('Accepted'), schemaRef('Problem')] } })),
  }),
  LiveTicket: object({ ticket: text, expiresInSeconds: integer }),
  LogEvent: object({
    eventId: text,
    position: integer,
    stream: text,
    revision: integer,
    type: text,
    data: { type: 'object' },
    metadata: { type: 'object' },
    recordedAt: time,
  }),
  StreamHistory: object({ stream: text, revision: integer, state: {}, events: list(schemaRef('LogEvent')) }),
  Job: object({
    jobId: text,
    queue: text,
    name: text,
    state: { enum: JOB_STATES },
    attempts: integer,
    maxAttempts: integer,
    failure: textOrNone,
    createdAt: time,
    finishedAt: { type: ['string', 'null'], format: 'date-time' },
    locationId: textOrNone,
    eventId: text,
    correlationId: text,
    data: {},
  }),
  JobPage: object({
    items: list(schemaRef('Job')),
    next: textOrNone,
    queues: list(object({ queue: text, counts: object(Object.fromEntries(JOB_STATES.map((state) => [state, integer]))) })),
  }),
  PersonalData: object({
    subjectId: text,
    account: { type: ['object', 'null'] },
    texts: list(object({ stream: text, revision: integer, type: text, field: text, text, recordedAt: time })),
    shifts: list({ type: 'object' }),
  }),
  RetriedJob: object({ jobId: text, state: text }),
};
