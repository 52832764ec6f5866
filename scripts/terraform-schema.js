#!/usr/bin/env node
/** Writes what Terraform reads of the tables, terraform/modules/bigquery/schema/*.json and tables.json, from schema/tables.ts. Needs the build. */
const { mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { terraformFiles } = require('../dist/schema/terraform.js');

const MODULE = join(__dirname, '..', 'terraform', 'modules', 'bigquery');

const files = terraformFiles();
const folder = join(MODULE, 'schema');
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!files.has(`schema/${name}`)) rmSync(join(folder, name));
for (const [path, text] of files) {
  mkdirSync(dirname(join(MODULE, path)), { recursive: true });
  writeFileSync(join(MODULE, path), text);
}
console.log(`${files.size} files below terraform/modules/bigquery`);
