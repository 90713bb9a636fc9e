import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import type { CommandDefinition } from '../../commands/command.ts';
import type { Execute } from '../../commands/execute.ts';
import type { State } from '../context.ts';
import { dispatcher, type Dispatch } from '../dispatch.ts';
import { HttpProblem } from '../problem.ts';

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
const dataFrom = (body: unknown, params: { readonly [name: string]: string }): { readonly [name: string]: unknown } => {
  if (body !== undefined && !isObject(body)) throw new HttpProblem(400, 'request-invalid', 'The body must be a JSON object.');
  const twice = Object.keys(params).find((name) => body?.[name] !== undefined && body[name] !== params[name]);
  if (twice !== undefined) throw new HttpProblem(400, 'request-invalid', `/${twice} differs from the path.`);
  return { ...body, ...params };
};

/** `{orderId}` as OpenAPI writes it, `:orderId` as the router does. */
export const routerPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** One route for each command of the registry that has one. */
export const commandRoutes = (
  definitions: readonly CommandDefinition[],
  execute: Execute,
): { readonly router: Router<State>; readonly dispatches: ReadonlyMap<string, Dispatch> } => {
  const router = new Router<State>({ prefix: '/api/v1' });
  const dispatches = new Map<string, Dispatch>();
  for (const definition of definitions) {
    if (definition.route === null) continue;
    const dispatch = dispatcher(definition, execute);
    dispatches.set(definition.type, dispatch);
    router.register(routerPath(definition.route.path), [definition.route.method], async (ctx) => {
      const { status, revision, position, body } = await dispatch({
        data: dataFrom(ctx.request.body, ctx.params),
        key: ctx.get('Idempotency-Key') || null,
        ifMatch: revisionFrom(ctx.get('If-Match')),
        principal: ctx.state.principal,
        correlationId: ctx.state.correlationId,
        traceParent: ctx.state.traceParent,
      });
      ctx.status = status;
      ctx.set('ETag', `"${revision}"`);
      ctx.set('Log-Position', String(position));
      ctx.body = body;
    });
  }
  return { router, dispatches };
};
