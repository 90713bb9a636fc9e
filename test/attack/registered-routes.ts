import Koa from 'koa';

type Layer = { readonly methods: readonly string[]; readonly path: string | RegExp };
type Routing = { readonly router?: { readonly stack: readonly Layer[] } };

/** Every route of a koa router in the next application that is started, as `GET /path/:id`; the registries' routes are in a tree of their own. */
export const registeredRoutes = async <T>(
  start: () => Promise<T>,
): Promise<{ readonly started: T; readonly routes: readonly string[] }> => {
  const apps: Koa[] = [];
  const original = Object.getOwnPropertyDescriptor(Koa.prototype, 'callback');
  if (original === undefined) throw new Error('Koa has no callback');
  const remembering = {
    value(this: Koa): unknown {
      apps.push(this);
      return (original.value as () => unknown).call(this);
    },
  };
  Object.defineProperty(Koa.prototype, 'callback', { ...original, ...remembering });
  try {
    const started = await start();
    const routers = apps.flatMap(({ middleware }) => middleware).flatMap((middleware) => (middleware as Routing).router ?? []);
    const routes = routers.flatMap(({ stack }) =>
      stack.flatMap(({ methods, path }) => methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${String(path)}`)),
    );
    return { started, routes };
  } finally {
    Object.defineProperty(Koa.prototype, 'callback', original);
  }
};
