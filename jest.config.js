/** Packages that Google's clients import when they are first used; jest knows such imports only as calls of require, and these packages only as modules, so both are translated. */
const IMPORTED = 'gaxios|teeny-request|node-fetch|fetch-blob|formdata-polyfill|data-uri-to-buffer';
const COMMONJS = { jsc: { target: 'es2022' }, module: { type: 'commonjs' } };

/** Tests run from the TypeScript sources through swc; tests that start the program itself use dist/, which `npm test` builds first. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    [`/node_modules/(${IMPORTED})/.+\\.m?js$`]: ['@swc/jest', COMMONJS],
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${IMPORTED})/)`],
  // Before the SDK, which needs it on Node 22 and later.
  setupFiles: ['<rootDir>/beam/node24.ts'],
  testTimeout: 120_000,
};
