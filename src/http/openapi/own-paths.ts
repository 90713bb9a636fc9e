import { JobsQuery } from '../routes/jobs.ts';
import { accountOperations } from './account-paths.ts';
import { API, at, needs, OPEN, parameter, takes, text } from './own-operation.ts';
import { answer, problems, schemaRef } from './parts.ts';
import type { Operation } from './registry-paths.ts';
import { written } from './schemas.ts';
import { sessionOperations } from './session-paths.ts';

const doors: readonly Operation[] = [
  at('post', `${API}/commands`, {
    operationId: 'sendCommands',
    summary: 'Send many commands at once',
    description: 'They are done in their order, and one that is refused leaves the others as they are. Each needs its own permission.',
    ...takes('Batch'),
    responses: { 200: answer('The outcome of each', schemaRef('Outcomes')), ...problems(400, 401, 413, 415, 503) },
  }),
  at('post', `${API}/live/tickets`, {
    operationId: 'takeLiveTicket',
    summary: 'Take a ticket for the live stream',
    responses: { 200: answer('Good for one connection', schemaRef('LiveTicket')), ...problems(401, 503) },
  }),
];

const audit: readonly Operation[] = [
  at('get', `${API}/audit/streams/{stream}`, {
    operationId: 'auditStream',
    summary: 'The history of one thing, and its state as of any revision or time',
    ...needs('audit.read'),
    parameters: [
      parameter('stream', 'path', text, 'as Order-<id>'),
      parameter('asOf', 'query', text, 'a revision, or an instant (ISO 8601)'),
    ],
    responses: { 200: answer('Its events, and what they add up to', schemaRef('StreamHistory')), ...problems(400, 401, 403, 404, 503) },
  }),
  at('get', `${API}/audit/export`, {
    operationId: 'exportLog',
    summary: 'Download the log',
    ...needs('audit.export'),
    responses: {
      200: {
        description: 'One event a line, in log order, with the lines that prove it (docs/audit.md)',
        content: { 'application/x-ndjson': { schema: text } },
      },
      ...problems(401, 403, 503),
    },
  }),
  at('get', `${API}/audit/heads`, {
    operationId: 'logHeads',
    summary: 'The signed heads of the log, and the public key',
    ...needs('audit.read'),
    parameters: [parameter('after', 'query', text, 'a position in the chain'), parameter('limit', 'query', text, 'at most 1000')],
    responses: { 200: answer('One page of them', { type: 'object' }), ...problems(400, 401, 403, 404, 503) },
  }),
  at('get', `${API}/audit/events/{position}`, {
    operationId: 'eventLine',
    summary: 'One event, to the letter as it was hashed',
    ...needs('audit.read'),
    parameters: [parameter('position', 'path', text, 'its position in the log')],
    responses: { 200: answer('The event', { type: 'object' }), ...problems(401, 403, 404, 503) },
  }),
  at('get', `${API}/audit/events/{position}/proof`, {
    operationId: 'eventProof',
    summary: 'The proof that an event is in the log',
    ...needs('audit.read'),
    parameters: [parameter('position', 'path', text, 'its position in the log')],
    responses: { 200: answer('The way from its hash to a signed root', { type: 'object' }), ...problems(401, 403, 404, 503) },
  }),
];

const jobs: readonly Operation[] = [
  at('get', `${API}/jobs`, {
    operationId: 'jobs',
    summary: 'The jobs in the queues',
    ...needs('jobs.read'),
    parameters: Object.entries(JobsQuery.properties).map(([name, schema]) => parameter(name, 'query', written(schema))),
    responses: { 200: answer('One page of them', schemaRef('JobPage')), ...problems(400, 401, 403, 503) },
  }),
  at('post', `${API}/jobs/{jobId}/retry`, {
    operationId: 'retryJob',
    summary: 'Try a dead job again',
    ...needs('jobs.retry'),
    parameters: [parameter('jobId', 'path', text)],
    responses: { 200: answer('It waits for its turn', schemaRef('RetriedJob')), ...problems(401, 403, 404, 409, 503) },
  }),
];

const privacy: readonly Operation[] = [
  at('post', `${API}/privacy/erasures`, {
    operationId: 'erasePerson',
    summary: 'Erase what is kept of a person',
    description:
      'Needs the permission `privacy.erase`. Destroys the key that all texts about the person were sealed with, in the log and in every ' +
      'backup, and ends the account; read models are built anew. History and figures stay. It cannot be undone.',
    'x-permission': 'privacy.erase',
    ...takes('ErasureRequest'),
    responses: { 201: answer('Erased', schemaRef('Erasure')), ...problems(400, 401, 403, 404, 409, 503) },
  }),
  at('get', `${API}/privacy/erasures/{subjectId}`, {
    operationId: 'erasure',
    summary: 'How far an erasure is',
    ...needs('privacy.erase'),
    parameters: [parameter('subjectId', 'path', text)],
    responses: { 200: answer('Erased', schemaRef('Erasure')), ...problems(400, 401, 403, 404, 503) },
  }),
  at('get', `${API}/privacy/exports/{subjectId}`, {
    operationId: 'personalData',
    summary: 'What is kept of a person',
    description: 'Needs the permission `privacy.export`, or to be that person.',
    parameters: [parameter('subjectId', 'path', text, 'a user’s id; or an order’s, for its guests')],
    responses: { 200: answer('The account, every text, the shifts', schemaRef('PersonalData')), ...problems(400, 401, 403, 404, 503) },
  }),
];

const program: readonly Operation[] = [
  at('get', '/health/live', {
    operationId: 'live',
    summary: 'Whether the program runs',
    ...OPEN,
    responses: { 200: answer('It runs', schemaRef('Alive')) },
  }),
  at('get', '/health/ready', {
    operationId: 'ready',
    summary: 'Whether it can serve',
    ...OPEN,
    responses: { 200: answer('It can', schemaRef('Alive')), 503: answer('Not now', schemaRef('Alive')) },
  }),
  at('get', '/health', {
    operationId: 'health',
    summary: 'Each dependency, and how far each projection is',
    ...needs('health.read'),
    responses: {
      200: answer('Up, perhaps degraded', schemaRef('HealthReport')),
      ...problems(401, 403),
      503: answer('Down', schemaRef('HealthReport')),
    },
  }),
];

/** The routes that no registry declares. */
export const ownOperations: readonly Operation[] = [
  ...sessionOperations,
  ...accountOperations,
  ...doors,
  ...audit,
  ...jobs,
  ...privacy,
  ...program,
];
