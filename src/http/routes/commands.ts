import type {} from '@koa/bodyparser';
import type { CommandDefinition } from '../../commands/command.ts';
import type { Execute } from '../../commands/execute.ts';
import type { Approvals } from '../account-ports.ts';
import { dispatcher, type Dispatch, type Dispatched, type Fingerprint, type Incoming } from '../dispatch.ts';
import { HttpProblem } from '../problem.ts';
import type { Params, RegistryRoute } from './registry.ts';

const ENTITY_TAG = /^(?:W\/)?"(\d{1,15})"$/;

/** The revision in an If-Match header; null without one. */
export const revisionFrom = (ifMatch: string): number | null => {
  if (ifMatch === '' || ifMatch === '*') return null;
  const revision = ENTITY_TAG.exec(ifMatch)?.[1];
  if (revision === undefined) throw new HttpProblem(400, 'if-match-malformed', 'If-Match takes the ETag of an answer, as "3".');
  return Number(revision);
};

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A body may be left out, but what it says must not contradict the path. */
const dataFrom = (body: unknown, params: Params): { readonly [name: string]: unknown } => {
  if (body !== undefined && !isObject(body)) throw new HttpProblem(400, 'request-invalid', 'The body must be a JSON object.');
  const twice = Object.keys(params).find((name) => body?.[name] !== undefined && body[name] !== params[name]);
  if (twice !== undefined) throw new HttpProblem(400, 'request-invalid', `/${twice} differs from the path.`);
  return { ...body, ...params };
};

/** What a request says of a command. `header`: the empty text where there is none of that name. */
export const incomingFrom = (
  body: unknown,
  params: Params,
  header: (name: string) => string,
  { principal, correlationId, traceParent }: Pick<Incoming, 'principal' | 'correlationId' | 'traceParent'>,
): Incoming => ({
  data: dataFrom(body, params),
  key: header('idempotency-key') || null,
  approval: header('approval') || null,
  ifMatch: revisionFrom(header('if-match')),
  principal,
  correlationId,
  traceParent,
});

export const entityTag = ({ revision }: Dispatched): string => `"${revision}"`;

export type CommandRoute = Pick<RegistryRoute, 'method' | 'path'> & { readonly type: string; readonly dispatch: Dispatch };

/** One for each command of the registry that has a route. */
export const commandRoutes = (
  definitions: readonly CommandDefinition[],
  execute: Execute,
  fingerprint: Fingerprint,
  approvals: Pick<Approvals, 'redeem'> | null = null,
): readonly CommandRoute[] =>
  definitions.flatMap((definition) => {
    const { type, route } = definition;
    return route === null ? [] : [{ ...route, type, dispatch: dispatcher(definition, execute, fingerprint, approvals) }];
  });

export const registryRoute = ({ method, path, dispatch }: CommandRoute): RegistryRoute => ({
  method,
  path,
  answer: async (ctx, params) => {
    const done = await dispatch(incomingFrom(ctx.request.body, params, (name) => ctx.get(name), ctx.state));
    ctx.status = done.status;
    ctx.set('ETag', entityTag(done));
    ctx.set('Log-Position', String(done.position));
    ctx.body = done.body;
  },
});
