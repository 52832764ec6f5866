import * as path from 'node:path';

/** The compiled entry of a worker thread, beside this file: in the modules' own places and in the bundle. */
export const WORKER_PATH = path.join(__dirname, 'worker.js');
