/** The durable state of a streaming run: entries in named spaces, changed by commits that hold whole or not at all. On lmdb, see docs/decisions/0007. */
import * as fs from 'node:fs';
import type { RootDatabase } from 'lmdb';
import { StateError } from './state_error';
import { entryOf, spaceBounds, storedEntry, storedKey } from './stored_key';

/** One entry set, or removed. */
export interface StateChange {
  /** A step or a kind of thing, like `timers`: up to 1,024 bytes without a zero byte. */
  readonly space: string;
  readonly key: Uint8Array;
  /** null removes the entry. */
  readonly value: Uint8Array | null;
}

export interface StateStore {
  /** Identity of the state, for `runs.state_id`. */
  readonly stateId: string;
  /** Number of the last commit, 0 for a new state. */
  readonly commits: number;
  /** The entries of a space, in no order that means something. Read them before the next commit. */
  entries(space: string): Iterable<[key: Uint8Array, value: Uint8Array]>;
  /**
   * Makes the changes, of several on one key the last, all in one transaction. When the promise is kept they are on disk; its value is the commit's number. @throws {StateError} where they can't be
   * written, and then none of them is: the commit may be tried again.
   */
  commit(changes: readonly StateChange[]): Promise<number>;
  /** Gives the folder free. Nothing can be done with the store afterwards. */
  close(): Promise<void>;
}

/** Keys of the store itself begin with a zero byte, which no space does. */
export const IDENTITY_KEY = Buffer.from('\0identity');
const COMMITS_KEY = Buffer.from('\0commits');

/** Room on a disk below which a write that failed failed for it. */
const FULL_BELOW_BYTES = 64 << 20;

export class LmdbState implements StateStore {
  private committed: number;

  constructor(
    readonly stateId: string,
    private readonly folder: string,
    private readonly database: RootDatabase<Buffer, Buffer>,
    private readonly onClose: () => void,
  ) {
    this.committed = Number(database.get(COMMITS_KEY) ?? 0);
  }

  get commits(): number {
    return this.committed;
  }

  *entries(space: string): Generator<[key: Uint8Array, value: Uint8Array]> {
    for (const stored of this.database.getRange(spaceBounds(space))) yield entryOf(space, stored);
  }

  async commit(changes: readonly StateChange[]): Promise<number> {
    const number = this.committed + 1;
    const { database } = this;
    // Of the ways to write that lmdb's package has, the one in which an error has one place to come out; a small commit is quicker so than through its thread.
    writeDurably(this.folder, () =>
      database.transactionSync(() => {
        for (const { space, key, value } of changes) {
          if (value === null) database.removeSync(storedKey(space, key));
          else {
            const stored = storedEntry(space, key, value);
            database.putSync(stored.key, asBuffer(stored.value));
          }
        }
        database.putSync(COMMITS_KEY, Buffer.from(String(number)));
      }),
    );
    this.committed = number;
    return number;
  }

  async close(): Promise<void> {
    await this.database.close();
    this.onClose();
  }
}

/** Writes; an error of the disk is a {@link StateError} with what is known of its reason. */
export function writeDurably(folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === undefined) throw error;
    throw new StateError(
      `cannot write the state in ${folder}: ${reasonOf(folder, error as Error)}. What it held before is unharmed. Make room and start again`,
    );
  }
}

/** lmdb says input/output error for a full disk, too. */
function reasonOf(folder: string, error: Error): string {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize < FULL_BELOW_BYTES ? 'no space left on the device' : error.message.toLowerCase();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
