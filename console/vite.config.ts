import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// `npm run dev` talks to a hub on SIAHUB_URL; with SIAHUB_TOKEN as the bearer of that key.
const hub = process.env.SIAHUB_URL ?? 'http://127.0.0.1:8470';
const token = process.env.SIAHUB_TOKEN;
const toHub = { target: hub, ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}) };
const bytes = '^/((datasets|spaces)/)?[^/]+/[^/]+/(resolve|raw)/.*';

/** The letters of the first line come with the page: text that changes its letters later moves what is below. */
function preloadedFont(name: RegExp): Plugin {
  return {
    name: 'preloaded-font',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => name.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: true },
            injectTo: 'head-prepend' as const,
          })),
    },
  };
}

export default defineConfig({
  plugins: [react(), preloadedFont(/instrument-sans-latin-wght-normal.*\.woff2$/)],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    // Nothing becomes a data: address: the Content-Security-Policy allows fonts and styles from the hub alone.
    assetsInlineLimit: 0,
    target: 'es2022',
    modulePreload: { polyfill: false },
    manifest: true,
    license: { fileName: 'licenses.txt' },
  },
  // The library that uploads loads parts of itself when it needs them.
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': toHub,
      '/admin/': {
        ...toHub,
        bypass: (request) => (request.headers.accept?.includes('text/html') ? '/index.html' : null),
      },
      '/oauth': toHub,
      '/gw': toHub,
      '/v1': toHub,
      '/v2': toHub,
      [bytes]: toHub,
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
    restoreMocks: true,
  },
});
