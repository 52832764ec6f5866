import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { loadDriver, MEMORY_LIMIT, openError } from './open';

/** Bytes of the write-ahead log from which on it is worked into the file: reading it again takes whoever opens the file some ten milliseconds then, working it in takes thirty. */
const LARGEST_LOG_BYTES = 256 * 1024;

export interface Use {
  /** Rows enough for a second thread. */
  readonly isLarge: boolean;
  /** Leave no log beside the file. */
  readonly isLast: boolean;
}

/**
 * A DuckDB file that is written to for a moment, again and again, so that others can read it in between. It is attached to a database in memory, which is there all the time: that takes a sixth of what opening a
 * database takes.
 */
export class AttachedFile {
  private database: DuckDBInstance | undefined;

  /** `spill`: a folder for what there is no memory for. */
  constructor(
    readonly file: string,
    private readonly spill: string,
  ) {}

  /**
   * Works with the file as the connection's main database.
   *
   * @throws {LockedError} where another process has it open
   * @throws {InputError} where it can't be opened otherwise
   */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>, { isLarge, isLast }: Use): Promise<T> {
    this.database ??= await loadDriver().DuckDBInstance.create(':memory:', {
      memory_limit: MEMORY_LIMIT,
      temp_directory: this.spill,
    });
    const outer = await this.database.connect();
    try {
      // Threads cost a small flush a quarter of its CPU time and gain it nothing.
      await outer.run(`SET threads = ${isLarge ? 2 : 1}; PRAGMA disable_checkpoint_on_shutdown`);
      await this.attach(outer);
      try {
        const done = await this.within(work);
        if (isLast || this.logBytes > LARGEST_LOG_BYTES) await outer.run('CHECKPOINT output');
        return done;
      } finally {
        await outer.run('DETACH output');
      }
    } finally {
      outer.closeSync();
    }
  }

  close(): void {
    this.database?.closeSync();
    this.database = undefined;
  }

  private async attach(connection: DuckDBConnection): Promise<void> {
    try {
      await connection.run(`ATTACH '${path.resolve(this.file).replaceAll("'", "''")}' AS output`);
    } catch (error) {
      throw openError(this.file, error);
    }
  }

  /** What work leaves open, a transaction or temporary tables, is gone with its connection. */
  private async within<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.database!.connect();
    try {
      await connection.run('USE output');
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  }

  private get logBytes(): number {
    return fs.statSync(`${this.file}.wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
