#!/usr/bin/env node
/** Writes the tables of variables and outputs at the end of each module's README, from its .tf files. A test fails where they are not what this writes. */
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('@cdktf/hcl2json');

const MODULES = join(__dirname, '..', 'terraform', 'modules');
const MARK = '\n## Variables\n';

/** The README of a module as it has to be. */
async function readme(name) {
  const folder = join(MODULES, name);
  const read = async (file, kind) => {
    const parsed = await parse(file, readFileSync(join(folder, file), 'utf8'));
    return Object.entries(parsed[kind] ?? {}).map(([key, [body]]) => ({ key, ...body }));
  };
  const cell = (text) => text.replaceAll('|', '\\|');
  const variables = (await read('variables.tf', 'variable')).map((variable) => {
    const value = 'default' in variable ? `\`${JSON.stringify(variable.default)}\`` : 'required';
    return `| \`${variable.key}\` | ${value} | ${cell(variable.description)} |`;
  });
  const outputs = (await read('outputs.tf', 'output')).map(
    ({ key, description }) => `| \`${key}\` | ${cell(description)} |`,
  );
  const [head] = readFileSync(join(folder, 'README.md'), 'utf8').split(MARK);
  return [
    head.trimEnd(),
    MARK,
    '| variable | default | |\n|---|---|---|',
    ...variables,
    '\n## Outputs\n',
    '| output | |\n|---|---|',
    ...outputs,
    '',
  ].join('\n');
}

module.exports = { readme };

if (require.main === module)
  Promise.all(
    readdirSync(MODULES).map(async (name) =>
      writeFileSync(join(MODULES, name, 'README.md'), await readme(name)),
    ),
  );
