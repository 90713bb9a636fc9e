import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Router from '@koa/router';
import type { State } from '../context.ts';
import { openApiDocument, type Registries } from '../openapi.ts';

const PACKAGE = join(import.meta.dirname, '..', '..', '..', 'package.json');

/** The API's description, which the page at /docs shows. */
export const docsRoutes = (registries: Omit<Registries, 'version'>): Router<State> => {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { readonly version: string };
  const body = JSON.stringify(openApiDocument({ ...registries, version }));
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const router = new Router<State>();
  router.get('/api/v1/openapi.json', (ctx) => {
    ctx.set({ 'Cache-Control': 'no-cache', ETag: etag });
    ctx.type = 'application/json';
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = body;
  });
  return router;
};
