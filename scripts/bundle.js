#!/usr/bin/env node
/**
 * Bundles the compiled program (dist/) into one file for the command line and one for its worker threads, in dist/bundle: a third of the time that a small run takes would be finding and
 * reading a thousand modules. DuckDB's bindings and lmdb stay outside, since they bring libraries of their own; Pub/Sub's client, since it needs the gRPC that the graph's library is bundled without;
 * Cloud Storage's, since it reads files of its own package, and BigQuery's: few runs need them.
 */
const { copyFileSync } = require('node:fs');
const { join } = require('node:path');
const esbuild = require('esbuild');

const DIST = join(__dirname, '..', 'dist');
const BUNDLE = join(DIST, 'bundle');

/** The SDK's graph library imports the SDK's own worker, and with it gRPC, of which no graph needs anything. */
const withoutSdkWorker = {
  name: 'without the SDK’s worker',
  setup(build) {
    build.onResolve({ filter: /^@grpc\/grpc-js$|\.grpc-client$/ }, ({ importer, path }) =>
      importer.includes('node_modules') ? { path, namespace: 'nothing' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
  },
};

esbuild
  .build({
    entryPoints: { cli: join(DIST, 'pipelines', 'cli.js'), worker: join(DIST, 'pipelines', 'worker.js') },
    outdir: BUNDLE,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: [
      '@duckdb/node-bindings',
      '@google-cloud/bigquery',
      '@google-cloud/bigquery-storage',
      '@google-cloud/pubsub',
      '@google-cloud/storage',
      '@grpc/grpc-js',
      'lmdb',
    ],
    plugins: [withoutSdkWorker],
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  })
  .then(() => {
    for (const kernel of ['parse.wasm', 'count.wasm'])
      copyFileSync(join(DIST, 'transforms', 'kernel', kernel), join(BUNDLE, kernel));
  })
  .catch(() => {
    process.exitCode = 1;
  });
