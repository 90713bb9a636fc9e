import type { IncomingMessage, ServerResponse } from 'node:http';
import { inTurns } from './in-turns.ts';
import { principalFrom } from './middleware/authenticate.ts';
import { bodyText, fitJson } from './middleware/json-body.ts';
import { judge, type Limited } from './middleware/rate-limit.ts';
import { correlationIdFrom, noteAnswer, traceParentFrom } from './middleware/request-log.ts';
import { securityHeaderFields } from './middleware/security-headers.ts';
import { timedOut } from './middleware/time-limit.ts';
import type { HttpMetrics, Identity, Log, Principal } from './ports.ts';
import { problemBody, toProblem } from './problems.ts';
import { entityTag, incomingFrom, type CommandRoute } from './routes/commands.ts';
import { PREFIX, routeTree, type Params } from './routes/registry.ts';

/** Answers a request that is a command as terminals send it; false: it is none, and nothing was done. */
export type CommandDoor = (request: IncomingMessage, response: ServerResponse) => boolean;

export type CommandDoorNeeds = {
  readonly routes: readonly CommandRoute[];
  readonly identity: Pick<Identity, 'verify'>;
  readonly limited: Limited;
  readonly log: Log;
  readonly metrics: HttpMetrics;
  readonly newId: () => string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
};

/** No query, and nothing that would have to be decoded. */
const PLAIN_PATH = /^\/[\w./:-]+$/;
const LENGTH = /^\d{1,9}$/;

/** The length of a JSON body sent as it is; 0: none was sent. Null: it is something else, or longer than `maxBytes`. */
const bodyLength = ({ headers }: IncomingMessage, maxBytes: number): number | null => {
  if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined) return null;
  const text = headers['content-length'] ?? '0';
  if (text === '0') return 0;
  const length = LENGTH.test(text) ? Number(text) : Number.NaN;
  return headers['content-type'] === 'application/json' && length <= maxBytes ? length : null;
};

/** For all answers of the door; Vary as for other requests, where a page's origin changes the answer. */
const FIELDS: readonly string[] = [...securityHeaderFields.flat(), 'Vary', 'Origin'];

/** By `performance.now()`. */
type Asked = { readonly route: CommandRoute; readonly params: Params; readonly length: number; readonly cameAt: number };

/** Of those that come at once. Measured: 8 to 12 do most a second, and the last of a crowd waits least. */
const BEGUN_IN_ONE_TURN = 12;

/**
 * The same as the application does for a command, by the same functions in the same order, without a context and a dozen handlers around
 * it: most requests are such commands, and what surrounds them is most of what they cost. What comes otherwise than plainly (from a
 * page of another origin, encoded, too long, with a query) is left to the application.
 */
export const commandDoor = (needs: CommandDoorNeeds): CommandDoor => {
  const { identity, limited, log, newId, timeoutMs } = needs;
  const { limits, metrics, addressOf } = limited;
  const find = routeTree(needs.routes);
  const note = noteAnswer(log, needs.metrics);

  const answer = async (request: IncomingMessage, response: ServerResponse, { route, params, length, cameAt }: Asked): Promise<void> => {
    const { method = '', url: path = '', headers } = request;
    const header = (name: string): string => {
      const value = headers[name];
      return typeof value === 'string' ? value : '';
    };
    const correlationId = correlationIdFrom(header('x-correlation-id'), newId);
    const fields = ['X-Correlation-Id', correlationId, ...FIELDS];
    const addField = (name: string, value: string): void => void fields.push(name, value);
    let routeTold = 'none';
    let principal: Principal | undefined;
    let answered = false;

    const end = (status: number, type: string, body: string): void => {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      const ms = performance.now() - cameAt;
      note({ correlationId, method, path, route: routeTold, status, userId: principal?.userId, ms });
      // An answer that waits for those before it on its connection has no socket yet.
      if (response.destroyed || response.socket?.writable === false) return void response.end();
      fields.push('Content-Type', type, 'Content-Length', String(Buffer.byteLength(body)));
      response.writeHead(status, fields);
      response.end(body);
    };
    const refuse = (error: unknown): void => {
      const problem = toProblem(error);
      if (problem.status >= 500 && !answered) log.error({ correlationId, path, error }, problem.code);
      for (const [name, value] of Object.entries(problem.headers)) addField(name, value);
      end(problem.status, 'application/problem+json', JSON.stringify(problemBody(problem, path)));
    };
    const timer = setTimeout(() => refuse(timedOut()), timeoutMs);

    try {
      const asked = { method, path, address: addressOf(request) };
      const arrived = limits.arriving(asked);
      judge(arrived instanceof Promise ? await arrived : arrived, metrics, addField);
      routeTold = PREFIX + route.path;
      principal = await principalFrom(identity, header('authorization'));
      const known = limits.known(asked, principal);
      judge(known instanceof Promise ? await known : known, metrics, addField);
      const body = length === 0 ? {} : fitJson(await bodyText(request));
      const traceParent = traceParentFrom(header('traceparent'));
      const done = await route.dispatch(incomingFrom(body, params, header, { principal, correlationId, traceParent }));
      addField('ETag', entityTag(done));
      addField('Log-Position', String(done.position));
      end(done.status, 'application/json; charset=utf-8', JSON.stringify(done.body));
    } catch (error) {
      refuse(error);
    }
  };

  const begin = inTurns(BEGUN_IN_ONE_TURN);
  return (request, response) => {
    const { method = '', url = '' } = request;
    if (method === 'GET' || request.headers.origin !== undefined || !PLAIN_PATH.test(url)) return false;
    const length = bodyLength(request, needs.maxBytes);
    if (length === null) return false;
    const found = find(method, url);
    if (found === null) return false;
    response.on('error', (error) => log.warn({ error }, 'connection broken'));
    const asked = { ...found, length, cameAt: performance.now() };
    begin(() => void answer(request, response, asked));
    return true;
  };
};
