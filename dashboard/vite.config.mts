/** Builds the dashboard into dist/dashboard: one page, and beside it files named by what is in them. The page has nothing inline, which the server's policy would refuse. */
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The packages that are in the bundle, with their licences, which ask for it.
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 1000,
  },
});
