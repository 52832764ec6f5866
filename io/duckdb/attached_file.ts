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

type Work<T> = (connection: DuckDBConnection) => Promise<T>;

/**
 * A DuckDB file that is written to for a moment, again and again, so that other processes can read it in between; within this process it can be read at any time. It is attached to a database in memory, which is
 * there all the time: that takes a sixth of what opening a database takes. Whoever comes first attaches the file, and whoever leaves last lets go of it.
 */
export class AttachedFile {
  private opened: Promise<{ database: DuckDBInstance; outer: DuckDBConnection }> | undefined;
  private holders = 0;
  private moment = {};
  private readonly pending = new Set<Promise<unknown>>();
  /** Attaching and letting go take turns. */
  private turn: Promise<unknown> = Promise.resolve();

  /** `spill`: a folder for what there is no memory for. */
  constructor(
    readonly file: string,
    private readonly spill: string,
  ) {}

  /**
   * Works with the file as the connection's main database. One at a time.
   *
   * @throws {LockedError} where another process has it open
   * @throws {InputError} where it can't be opened otherwise
   */
  use<T>(work: Work<T>, { isLarge, isLast }: Use): Promise<T> {
    return this.held(async (database, outer) => {
      // Threads cost a small flush a quarter of its CPU time and gain it nothing.
      await outer.run(`SET threads = ${isLarge ? 2 : 1}`);
      const done = await within(database, work).finally(() => {
        this.moment = {};
      });
      // Forced: readers keep what they see, and don't hinder it.
      if (isLast || this.logBytes > LARGEST_LOG_BYTES) await outer.run('FORCE CHECKPOINT output');
      return done;
    });
  }

  /**
   * Reads the file as of one moment, beside other readers and {@link use}.
   *
   * @param work is given an object, too, which is another one when the file has been written to since
   * @throws as {@link use}
   */
  read<T>(work: (connection: DuckDBConnection, moment: object) => Promise<T>): Promise<T> {
    return this.held((database) =>
      within(database, async (connection) => {
        await connection.run('BEGIN TRANSACTION READ ONLY');
        return work(connection, this.moment);
      }),
    );
  }

  /** Waits for those who use or read it. */
  async close(): Promise<void> {
    await Promise.allSettled(this.pending);
    const opened = await this.opened;
    this.opened = undefined;
    opened?.outer.closeSync();
    opened?.database.closeSync();
  }

  private async held<T>(work: (database: DuckDBInstance, outer: DuckDBConnection) => Promise<T>): Promise<T> {
    const done = this.holding(work);
    this.pending.add(done);
    try {
      return await done;
    } finally {
      this.pending.delete(done);
    }
  }

  private async holding<T>(
    work: (database: DuckDBInstance, outer: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    this.opened ??= this.open();
    const { database, outer } = await this.opened;
    await this.inTurn(async () => {
      if (this.holders === 0) await this.attach(outer);
      this.holders++;
    });
    try {
      return await work(database, outer);
    } finally {
      await this.inTurn(async () => {
        this.holders--;
        if (this.holders === 0) await outer.run('DETACH output');
      });
    }
  }

  private inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.turn.then(step);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async open(): Promise<{ database: DuckDBInstance; outer: DuckDBConnection }> {
    const database = await loadDriver().DuckDBInstance.create(':memory:', {
      memory_limit: MEMORY_LIMIT,
      temp_directory: this.spill,
    });
    const outer = await database.connect();
    await outer.run('PRAGMA disable_checkpoint_on_shutdown');
    return { database, outer };
  }

  private async attach(connection: DuckDBConnection): Promise<void> {
    try {
      await connection.run(`ATTACH '${path.resolve(this.file).replaceAll("'", "''")}' AS output`);
    } catch (error) {
      throw openError(this.file, error);
    }
  }

  private get logBytes(): number {
    return fs.statSync(`${this.file}.wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** What work leaves open, a transaction or temporary tables, is gone with its connection. */
async function within<T>(database: DuckDBInstance, work: Work<T>): Promise<T> {
  const connection = await database.connect();
  try {
    await connection.run('USE output');
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}
