#!/usr/bin/env node
/**
 * Bundles the compiled program (dist/) into one file for the command line, one each for its two kinds of threads and two for the container image, in dist/bundle: a third of the time that a small run takes would be finding and
 * reading a thousand modules. What stays outside, bundled_without.js says.
 */
const { copyFileSync } = require('node:fs');
const { join } = require('node:path');
const esbuild = require('esbuild');
const BUNDLED_WITHOUT = require('./bundled_without');

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
    entryPoints: Object.fromEntries(
      ['cli', 'worker', 'serve_thread', 'container', 'container_worker'].map((name) => [
        name,
        join(DIST, 'pipelines', `${name}.js`),
      ]),
    ),
    outdir: BUNDLE,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: BUNDLED_WITHOUT,
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
