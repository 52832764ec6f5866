import * as path from 'node:path';

/** Compiled entries of threads, beside this file: in the modules' own places and in the bundle. */
export const WORKER_PATH = path.join(__dirname, 'worker.js');
export const SERVE_THREAD_PATH = path.join(__dirname, 'serve_thread.js');
