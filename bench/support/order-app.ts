import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import Koa from 'koa';
import { commandNamed } from '../../src/commands/registry.ts';

/** What an order app is asked in the benchmarks, with our own paths and schemas. */
export type Asked = 'OpenOrder' | 'AddOrderLines';
export type Answered = { readonly id: string; readonly revision: number; readonly position: number };
type Body = { readonly orderId: string };
export type Handle = (asked: Asked, body: Body) => Promise<Answered> | Answered;

const ajv = new Ajv2020({ strict: true, strictTypes: false });
(addFormatsModule as unknown as (ajv: Ajv2020) => void)(ajv);

const orderApp = (handle: Handle): Koa => {
  const router = new Router();
  for (const asked of ['OpenOrder', 'AddOrderLines'] as const) {
    const { input, route } = commandNamed(asked) ?? {};
    if (input === undefined || route === undefined || route === null) throw new Error(`There is no route for ${asked}`);
    const valid = ajv.compile<Body>(input);
    router.post(`/api/v1${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`, async (ctx) => {
      const body: unknown = { ...(ctx.request.body as object), ...ctx.params };
      if (valid(body)) {
        ctx.body = await handle(asked, body);
      } else {
        ctx.status = 400;
        ctx.body = { errors: valid.errors };
      }
    });
  }
  const app = new Koa();
  app.use(bodyParser({ enableTypes: ['json'] }));
  app.use(router.routes());
  return app;
};

/** Koa with router, body parser and our schemas; tells its parent its port. */
export const serveOrders = (handle: Handle): void => {
  const server = orderApp(handle).listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  server.keepAliveTimeout = 60_000;
  process.on('disconnect', () => process.exit(0));
};
