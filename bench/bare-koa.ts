import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import Koa from 'koa';
import { commandNamed } from '../src/commands/registry.ts';

/** The yardstick: Koa with router, body parser and the same schema, that does nothing else. */
const ajv = new Ajv2020({ strict: true, strictTypes: false });
(addFormatsModule as unknown as (ajv: Ajv2020) => void)(ajv);
const valid = ajv.compile(commandNamed('AddOrderLines')?.input ?? {});

const router = new Router();
router.post('/api/v1/orders/:orderId/lines', (ctx) => {
  const body = { ...(ctx.request.body as object), ...ctx.params };
  if (!valid(body)) {
    ctx.status = 400;
    ctx.body = { errors: valid.errors };
    return;
  }
  ctx.body = { id: ctx.params['orderId'], revision: 1, position: 1 };
});

const app = new Koa();
app.use(bodyParser({ enableTypes: ['json'] }));
app.use(router.routes());
const server = app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
server.keepAliveTimeout = 60_000;
process.on('disconnect', () => process.exit(0));
