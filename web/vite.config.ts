import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const page = (path: string): string => resolve(import.meta.dirname, path);

/** Everything in files of its own, nothing inline: the pages are served under a policy that allows no inline script or style. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  logLevel: 'warn',
  publicDir: page('public'),
  server: { proxy: { '/api': { target: 'http://127.0.0.1:3000', ws: true } } },
  build: {
    outDir: page('dist'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        home: page('index.html'),
        kds: page('kds/index.html'),
        pos: page('pos/index.html'),
        docs: page('docs/index.html'),
        resetPassword: page('reset-password/index.html'),
      },
    },
  },
});
