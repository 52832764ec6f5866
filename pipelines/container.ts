#!/usr/bin/env node
/** The entry point of the container image. */
import * as path from 'node:path';
import { boot } from '../runners/container/boot';

void boot(process.argv.slice(2), path.join(__dirname, 'container_worker.js')).then((code) => {
  process.exit(code);
});
