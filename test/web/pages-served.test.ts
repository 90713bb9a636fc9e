import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { pageRoutes } from '../../src/http/routes/pages.ts';
import { serveRoutes, type Served } from '../support/serve-routes.ts';

const BUILT = {
  'index.html': '<title>Brigade</title>',
  'kds/index.html': '<title>Kitchen</title>',
  'pos/index.html': '<title>Orders</title>',
  'docs/index.html': '<title>API</title>',
  'reset-password/index.html': '<title>New password</title>',
  'assets/kds-1a2b.js': 'run()',
  'icon.svg': '<svg/>',
};

describe('The pages as they are served', () => {
  let folder: string;
  let served: Served;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-pages-'));
    await writeFile(`${folder}-secret.html`, 'secret');
    for (const [name, text] of Object.entries(BUILT)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    served = await serveRoutes({ verify: () => Promise.resolve(null) }, { open: [await pageRoutes(folder)] });
  });
  after(async () => {
    await served.close();
    await rm(folder, { recursive: true });
    await rm(`${folder}-secret.html`);
  });

  it('are found by the paths people type, without a login, and never kept', async () => {
    const answers = await Promise.all(
      ['/', '/kds', '/kds/?station=grill', '/pos', '/docs', '/reset-password'].map((path) => fetch(served.url + path)),
    );
    expect(await Promise.all(answers.map((answer) => answer.text()))).to.deep.equal(
      ['Brigade', 'Kitchen', 'Kitchen', 'Orders', 'API', 'New password'].map((title) => `<title>${title}</title>`),
    );
    expect(new Set(answers.map(({ headers }) => headers.get('cache-control')))).to.deep.equal(new Set(['no-store']));
  });
  it('may run and fetch nothing but our own', async () => {
    const { headers } = await fetch(`${served.url}/kds`);
    const { host } = new URL(served.url);
    expect(headers.get('content-security-policy')?.split('; ')).to.deep.equal([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ws://${host} wss://${host}`,
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
  });
  it('have their parts kept for ever, by names that change with their content', async () => {
    const { headers } = await fetch(`${served.url}/assets/kds-1a2b.js`);
    expect([headers.get('cache-control'), headers.get('content-type')]).to.deep.equal([
      'public, max-age=31536000, immutable',
      'text/javascript; charset=utf-8',
    ]);
  });
  it('say when what a browser has is still right', async () => {
    const etag = (await fetch(`${served.url}/icon.svg`)).headers.get('etag') ?? '';
    expect((await fetch(`${served.url}/icon.svg`, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })).status).to.equal(
      304,
    );
  });
  it('are all there is to be had', async () => {
    const beside = folder.slice(folder.lastIndexOf('/') + 1);
    for (const path of ['/assets/', '/kds/index.html', `/assets/..%2f..%2f${beside}-secret.html`, '/.env']) {
      expect((await fetch(served.url + path)).status, path).to.equal(404);
    }
  });
  it('are missed with the name of what is not built', async () => {
    await rm(join(folder, 'pos/index.html'));
    const failure = await pageRoutes(folder).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(Error).with.property('message').that.includes('pos/index.html');
  });
});
