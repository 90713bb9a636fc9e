import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import Router from '@koa/router';
import type { State } from '../context.ts';

type File = { readonly type: string; readonly body: Buffer; readonly etag: string };

const TYPES: { readonly [ending: string]: string } = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Where a built page is found, by the path people type. */
const PAGES: { readonly [path: string]: string } = {
  '/': 'index.html',
  '/kds': 'kds/index.html',
  '/pos': 'pos/index.html',
  '/docs': 'docs/index.html',
  '/reset-password': 'reset-password/index.html',
};

/** Assets have a hash of their content in their name. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const A_DAY = 'public, max-age=86400';

const HOST = /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i;

/** Only what we serve ourselves; the WebSocket is named because older browsers do not count it under 'self'. */
const policy = (host: string): string => {
  const sockets = HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  const own = ["script-src 'self'", "style-src 'self'", "img-src 'self'", `connect-src 'self'${sockets}`];
  return ["default-src 'none'", ...own, "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"].join('; ');
};

const readFiles = async (folder: string): Promise<ReadonlyMap<string, File>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
  return new Map(
    await Promise.all(
      names.map(async (name) => {
        const body = await readFile(join(folder, name));
        const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
        return [name, { type: TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream', body, etag }] as const;
      }),
    ),
  );
};

/** The screens as built into `folder`, read once: nothing outside it can be asked for. Throws where they were not built. */
export const pageRoutes = async (folder: string): Promise<Router<State>> => {
  const files = await readFiles(folder);
  const router = new Router<State>();
  for (const [path, name] of Object.entries(PAGES)) {
    const page = files.get(name);
    if (page === undefined) throw new Error(`The page ${name} is not in ${folder}: build the pages first.`);
    router.get(path, (ctx) => {
      ctx.set({ 'Content-Security-Policy': policy(ctx.get('Host')), 'Cache-Control': 'no-store', 'Content-Type': page.type });
      ctx.body = page.body;
    });
  }
  for (const [name, file] of files) {
    if (name.endsWith('.html') || name.startsWith('.')) continue;
    router.get(`/${name}`, (ctx) => {
      ctx.set({ 'Cache-Control': name.startsWith('assets/') ? FOR_EVER : A_DAY, 'Content-Type': file.type, ETag: file.etag });
      ctx.status = 200;
      if (ctx.fresh) ctx.status = 304;
      else ctx.body = file.body;
    });
  }
  return router;
};
