/** `make conformance CASES=DIR`: loads the suite from its TypeScript sources, as jest does, and runs it on files of one's own. */
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename);
};

require('../../beam/node24.ts');
require('./command.ts').main(process.argv.slice(2));
