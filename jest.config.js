/** Tests run from the TypeScript sources through swc; tests that start the program itself use dist/, which `npm test` builds first. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // Before the SDK, which needs it on Node 22 and later.
  setupFiles: ['<rootDir>/beam/node24.ts'],
  testTimeout: 120_000,
};
