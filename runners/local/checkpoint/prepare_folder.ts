/**
 * Looks at a state's folder before lmdb does: where lmdb's package can't open a folder, it ends the process with a fault of memory instead of an error (3.5.6). Its reasons to fail are looked for here.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { StateError } from './state_error';

/** lmdb's files; the second is there first. A folder with others and without the first is none of ours. */
const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';

/** The file of data begins with two pages that say so: in the first, at this offset, lmdb's mark and the version of its form. */
const LEAST_BYTES = 8192;
const MARK_AT = 24;
const MARK = 0xbeefc0de;
const VERSION = 2;

/** lmdb maps its lock file into memory, and writes to it: without room on the disk that ends the process, too. This much is tried first, in a file that a killed process leaves behind. */
const PROBE_BYTES = 64 << 10;
const PROBE_FILE = 'probe';

const OWN_FILES = new Set([DATA_FILE, LOCK_FILE, PROBE_FILE]);

/** Makes the folder if need be and returns its real path. @throws {StateError} where no state can be kept there. */
export function prepareFolder(folder: string): string {
  try {
    const made = fs.mkdirSync(folder, { recursive: true });
    if (made !== undefined) syncDirectory(path.dirname(made));
    const files = fs.readdirSync(folder);
    if (!files.includes(DATA_FILE) && files.some((name) => !OWN_FILES.has(name))) {
      throw new StateError(
        `cannot keep a state in ${folder}: it holds other files. Name a folder that is empty or not there yet as --state`,
      );
    }
    for (const name of [DATA_FILE, LOCK_FILE].filter((name) => files.includes(name)))
      checkFile(path.join(folder, name));
    probe(path.join(folder, PROBE_FILE));
  } catch (error) {
    if (error instanceof StateError) throw error;
    throw new StateError(
      `cannot keep a state in ${folder}: ${(error as Error).message.split(',')[0]}. Make it writable, or name another --state`,
    );
  }
  if (!isStore(path.join(folder, DATA_FILE))) {
    throw new StateError(
      `cannot keep a state in ${folder}: its ${DATA_FILE} is not one of a state, or was cut off. Name another --state, or delete ${folder} to begin anew`,
    );
  }
  return fs.realpathSync(folder);
}

/** Throws where lmdb could not open the file. It is not opened here: closing a lock file gives up the locks of the whole process. */
function checkFile(file: string): void {
  if (!fs.statSync(file).isFile()) throw new Error(`${file} is no file`);
  fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
}

function probe(file: string): void {
  try {
    fs.writeFileSync(file, Buffer.alloc(PROBE_BYTES), { flush: true });
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/** Whether lmdb can open the file: it is one of its own, or there is nothing in it yet. */
function isStore(file: string): boolean {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < LEAST_BYTES) return size === 0;
  const head = Buffer.alloc(MARK_AT + 8);
  const descriptor = fs.openSync(file, 'r');
  try {
    fs.readSync(descriptor, head, 0, head.length, 0);
  } finally {
    fs.closeSync(descriptor);
  }
  return head.readUInt32LE(MARK_AT) === MARK && head.readUInt32LE(MARK_AT + 4) === VERSION;
}

/** Makes sure that the names of new files in a directory are on disk. Windows can't and needn't. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
