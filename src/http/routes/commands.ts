import type {} from '@koa/bodyparser';
import type { CommandDefinition } from '../../commands/command.ts';
import type { Execute } from '../../commands/execute.ts';
import type { Approvals } from '../account-ports.ts';
import { dispatcher, type Dispatch, type Fingerprint } from '../dispatch.ts';
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

/** One route for each command of the registry that has one. */
export const commandRoutes = (
  definitions: readonly CommandDefinition[],
  execute: Execute,
  fingerprint: Fingerprint,
  approvals: Pick<Approvals, 'redeem'> | null = null,
): { readonly routes: readonly RegistryRoute[]; readonly dispatches: ReadonlyMap<string, Dispatch> } => {
  const routes: RegistryRoute[] = [];
  const dispatches = new Map<string, Dispatch>();
  for (const definition of definitions) {
    if (definition.route === null) continue;
    const dispatch = dispatcher(definition, execute, fingerprint, approvals);
    dispatches.set(definition.type, dispatch);
    const answer: RegistryRoute['answer'] = async (ctx, params) => {
      const { status, revision, position, body } = await dispatch({
        data: dataFrom(ctx.request.body, params),
        key: ctx.get('Idempotency-Key') || null,
        approval: ctx.get('Approval') || null,
        ifMatch: revisionFrom(ctx.get('If-Match')),
        principal: ctx.state.principal,
        correlationId: ctx.state.correlationId,
        traceParent: ctx.state.traceParent,
      });
      ctx.status = status;
      ctx.set('ETag', `"${revision}"`);
      ctx.set('Log-Position', String(position));
      ctx.body = body;
    };
    routes.push({ ...definition.route, answer });
  }
  return { routes, dispatches };
};
