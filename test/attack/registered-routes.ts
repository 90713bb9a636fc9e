import Koa from 'koa';

type Layer = { readonly methods: readonly string[]; readonly path: string | RegExp };
type Routing = { readonly router?: { readonly stack: readonly Layer[] } };

/** Every route of a koa router in the next application that is started, as `GET /path/:id`; the registries' routes are in a tree of their own. */
export const registeredRoutes = async <T>(
  start: () => Promise<T>,
): Promise<{ readonly started: T; readonly routes: readonly string[] }> => {
  let app: Koa | undefined;
  const { callback } = Koa.prototype;
  Koa.prototype.callback = function remembering(this: Koa) {
    app = this;
    return callback.call(this);
  };
  try {
    const started = await start();
    const routers = (app?.middleware ?? []).flatMap((middleware) => (middleware as Routing).router ?? []);
    const routes = routers.flatMap(({ stack }) =>
      stack.flatMap(({ methods, path }) => methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${String(path)}`)),
    );
    return { started, routes };
  } finally {
    Koa.prototype.callback = callback;
  }
};
