#!/usr/bin/env node
/**
 * Bundles the compiled program (dist/) into one file for the command line and one for its worker threads, in dist/bundle: a third of the time that a small run takes would be finding and
 * reading a thousand modules. DuckDB's driver stays outside, since it brings a library of its own.
 */
const { copyFileSync } = require('node:fs');
const { join } = require('node:path');
const esbuild = require('esbuild');

const DIST = join(__dirname, '..', 'dist');
const BUNDLE = join(DIST, 'bundle');

esbuild.buildSync({
  entryPoints: { cli: join(DIST, 'pipelines', 'cli.js'), worker: join(DIST, 'pipelines', 'worker.js') },
  outdir: BUNDLE,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['@duckdb/*'],
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
});
for (const kernel of ['parse.wasm', 'count.wasm'])
  copyFileSync(join(DIST, 'transforms', 'kernel', kernel), join(BUNDLE, kernel));
