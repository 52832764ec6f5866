import { randomUUID } from 'node:crypto';
import type { RootDatabase } from 'lmdb';
import { checkIdentity, decodeIdentity, encodeIdentity, FORMAT, type StateIdentity } from './identity';
import { prepareFolder, syncDirectory } from './prepare_folder';
import { StateError } from './state_error';
import { IDENTITY_KEY, LmdbState, type StateStore, writeDurably } from './state_store';

/** Folders that this process has open. */
const opened = new Set<string>();

/**
 * Opens the state of a run in `folder`, or makes one there. The folder is this process's until the store is closed or the process ends, however it ends.
 *
 * @throws {StateError} where another process has it, where it holds a state of another id, format, parameter or step, or something else, or where it can't be read or written.
 */
export function openState(folder: string, identity: StateIdentity): StateStore {
  const place = prepareFolder(folder);
  if (opened.has(place)) throw inUse(folder, process.pid);
  const database = openDatabase(folder);
  opened.add(place);
  const release = (): void => {
    opened.delete(place);
  };
  try {
    claim(folder, database);
    return new LmdbState(identify(folder, database, identity), folder, database, release);
  } catch (error) {
    void database.close();
    release();
    throw error;
  }
}

function openDatabase(folder: string): RootDatabase<Buffer, Buffer> {
  // Loaded here because only streams need it.
  const { open } = require('lmdb') as typeof import('lmdb');
  return open({
    path: folder,
    // A folder's name may have a dot in it, by which the package tells a file.
    noSubdir: false,
    keyEncoding: 'binary',
    encoding: 'binary',
    // A commit is on disk when it returns, not some time later.
    overlappingSync: false,
  });
}

/**
 * Makes the folder this process's by the lock that lmdb keeps for every process that reads: the system gives it up with the process. So whoever opens a state reads from it first, and then looks
 * whether somebody else does. Two that open it in the same moment may both be refused.
 *
 * It also works between containers with a common disk on one machine, where process ids repeat: the list is emptied by whoever opens the state alone, so an entry that is there before ours is
 * somebody's. It does not work between machines.
 */
function claim(folder: string, database: RootDatabase<Buffer, Buffer>): void {
  database.readerCheck();
  const before = readers(database);
  if (before.length > 0) throw inUse(folder, before[0]);
  database.get(IDENTITY_KEY);
  const others = readers(database);
  others.splice(others.indexOf(process.pid), 1);
  if (others.length > 0) throw inUse(folder, others[0]);
}

/** Process ids in lmdb's list of readers, which is a text with a line for each. */
function readers(database: RootDatabase<Buffer, Buffer>): number[] {
  return [...database.readerList().matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid));
}

function inUse(folder: string, pid: number): StateError {
  return new StateError(
    `the state in ${folder} is in use by process ${pid}. Stop that one first, or name another --state`,
  );
}

/** Checks whose state it is, or says so in a new one. Returns its id. */
function identify(folder: string, database: RootDatabase<Buffer, Buffer>, identity: StateIdentity): string {
  const bytes = database.get(IDENTITY_KEY);
  if (bytes !== undefined) {
    const kept = decodeIdentity(bytes);
    if (kept === null) throw unreadable(folder);
    checkIdentity(folder, kept, identity);
    return kept.stateId;
  }
  // A state has its identity from its first transaction on.
  if (database.getKeysCount({ limit: 1 }) > 0) throw unreadable(folder);
  const { stateId = randomUUID(), parameters, steps } = identity;
  writeDurably(folder, () => {
    database.transactionSync(() =>
      database.putSync(
        IDENTITY_KEY,
        Buffer.from(encodeIdentity({ format: FORMAT, stateId, parameters, steps })),
      ),
    );
    syncDirectory(folder);
  });
  return stateId;
}

function unreadable(folder: string): StateError {
  return new StateError(
    `cannot read the state in ${folder}: it does not say whose it is. Name another --state, or delete ${folder} to begin anew`,
  );
}
