import findMyWay, { type HTTPMethod } from 'find-my-way';
import type { ParameterizedContext } from 'koa';
import type { Handler, State } from '../context.ts';

export type Params = { readonly [name: string]: string };
export type RegistryRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As OpenAPI writes it: `/orders/{orderId}`. */
  readonly path: string;
  readonly answer: (ctx: ParameterizedContext<State>, params: Params) => Promise<void>;
};

export const PREFIX = '/api/v1';
const METHODS: readonly HTTPMethod[] = ['HEAD', 'GET', 'POST', 'PUT', 'DELETE'];
const never = (): never => {
  throw new Error('Routes are looked up here, not called.');
};

/** Finds a route by method and path, in a tree however many there are. */
export const routeTree = <Route extends Pick<RegistryRoute, 'method' | 'path'>>(routes: readonly Route[]) => {
  const tree = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 500 });
  for (const route of routes) {
    const path = `${PREFIX}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
    tree.on(route.method === 'GET' ? ['GET', 'HEAD'] : route.method, path, never, route);
  }
  return (method: string, path: string): { readonly route: Route; readonly params: Params } | null => {
    const found = tree.find(method as HTTPMethod, path);
    return found === null ? null : { route: found.store as Route, params: found.params as Params };
  };
};

/**
 * The registry's routes, each behind `guard`. What is not among them is left to the routes after these; where those have nothing at
 * that path either, a wrong method is told with the right ones.
 */
export const registryRoutes = (routes: readonly RegistryRoute[], guard: Handler): Handler => {
  const find = routeTree(routes);
  const allowedAt = (path: string): readonly string[] => METHODS.filter((method) => find(method, path) !== null);

  return async (ctx, next) => {
    const found = find(ctx.method, ctx.path);
    if (found !== null) {
      const { route, params } = found;
      ctx.state.route = PREFIX + route.path;
      await guard(ctx, () => route.answer(ctx, params));
      return;
    }
    await next();
    if (ctx.status !== 404 || ctx.body !== undefined) return;
    const allowed = allowedAt(ctx.path);
    if (allowed.length === 0) return;
    ctx.status = ctx.method === 'OPTIONS' ? 200 : 405;
    ctx.set('Allow', allowed.join(', '));
  };
};
