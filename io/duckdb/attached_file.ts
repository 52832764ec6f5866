import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';
import { attachOutput, loadDriver, MEMORY_LIMIT } from './open';
import { PreparedConnection } from './prepared_connection';
import { fileVersion } from './watch_file';

/** Bytes of the write-ahead log from which on it is worked into the file: reading it again takes whoever opens the file some ten milliseconds then, working it in takes thirty. */
const LARGEST_LOG_BYTES = 256 * 1024;
/** Milliseconds for which the file stays attached after somebody has read it: the next question is often there at once, and attaching takes longer than a question. */
const LINGER_MS = 50;
/** While somebody reads all the time, others get in this often … */
const LONGEST_MS = 1000;
/** … for so long, milliseconds. */
const GAP_MS = 20;

export interface Use {
  /** Rows enough for a second thread. */
  readonly isLarge: boolean;
  /** Leave no log beside the file. */
  readonly isLast: boolean;
}

/** The tables at one moment. */
export interface AttachedReading {
  readonly ask: PreparedConnection['ask'];
  /** Another object when the file has been written to since. */
  readonly moment: object;
}

/** The database in memory that the file is attached to. */
interface Opened {
  readonly database: DuckDBInstance;
  readonly outer: DuckDBConnection;
}

/** A connection that reads, for one at a time. */
interface Reader {
  readonly connection: DuckDBConnection;
  readonly prepared: PreparedConnection;
}

/**
 * A DuckDB file that is written to for a moment, again and again, so that other processes can read it in between; within this process it can be read at any time. It is attached to a database in memory, which is
 * there all the time: that takes a sixth of what opening a database takes. Whoever comes first attaches the file, and it is let go of soon after the last one.
 *
 * Others may also write to it in between. That is seen by the file's version, so at the latest when it is attached again: {@link onChangeByOthers}.
 */
export class AttachedFile {
  private opened: Promise<Opened> | undefined;
  private holders = 0;
  private attachedAt: number | null = null;
  private moment = {};
  /** When it was read last, milliseconds of performance.now(). */
  private readAt = Number.NEGATIVE_INFINITY;
  private lingering: NodeJS.Timeout | undefined;
  private onLeft: () => void = () => {};
  private readonly readers: Reader[] = [];
  private readonly pending = new Set<Promise<unknown>>();
  /** Attaching and letting go take turns. */
  private turn: Promise<unknown> = Promise.resolve();
  /** So do those who write and those who load. */
  private readonly oneByOne = pLimit(1);
  /** The file as it was let go of, see fileVersion; null before that. */
  private leftAs: string | null = null;
  private readonly listeners = new Set<() => void>();

  /** `spill`: a folder for what there is no memory for. */
  constructor(
    readonly file: string,
    private readonly spill: string,
  ) {}

  /**
   * Works with the file as the connection's main database. One at a time: others wait, and so do those who {@link load}.
   *
   * @throws {LockedError} where another process has it open
   * @throws {InputError} where it can't be opened otherwise
   */
  use<T>(work: (connection: DuckDBConnection) => Promise<T>, { isLarge, isLast }: Use): Promise<T> {
    return this.inLine(async ({ database, outer }) => {
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
   * Reads the file as of one moment, with nobody in {@link use} meanwhile: for who loads tables and then goes by what each use has changed. What `work` has set up when its promise is kept misses none. Not to be
   * called within one's own use, which would wait for itself.
   *
   * @throws as {@link use}
   */
  load<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.inLine(({ database }) =>
      within(database, async (connection) => {
        await connection.run('BEGIN TRANSACTION READ ONLY');
        return work(connection);
      }),
    );
  }

  /**
   * Tells `listener`, until what it returns is called, that another process has changed the file: when it is attached, before anybody works with it or reads it as it is now. Who only opens it for writing may change it,
   * too, since that works the log into it. A listener must not throw.
   */
  onChangeByOthers(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether another process has changed the file since it was let go of, without attaching it: two looks at the folder. While it is attached nobody else can. */
  isChangedByOthers(): boolean {
    return this.attachedAt === null && this.leftAs !== null && this.leftAs !== fileVersion(this.file);
  }

  /**
   * Reads the file as of one moment, beside other readers and {@link use}. What `work` gets must not be used after its promise is kept.
   *
   * @throws as {@link use}
   */
  read<T>(work: (reading: AttachedReading) => Promise<T>): Promise<T> {
    return this.held(async ({ database }) => {
      const reader = this.readers.pop() ?? (await newReader(database));
      try {
        await reader.connection.run('BEGIN TRANSACTION READ ONLY');
        const { moment } = this;
        const done = await work({ ask: (question) => reader.prepared.ask(question), moment });
        await reader.connection.run('COMMIT');
        this.readers.push(reader);
        return done;
      } catch (error) {
        // What is left of its transaction is gone with it.
        reader.prepared.close();
        throw error;
      } finally {
        this.readAt = performance.now();
      }
    });
  }

  /** Waits for those who use or read it. */
  async close(): Promise<void> {
    await Promise.allSettled(this.pending);
    const opened = await this.opened;
    if (opened === undefined) return;
    await this.inTurn(() => this.detach(opened));
    this.opened = undefined;
    for (const { prepared } of this.readers.splice(0)) prepared.close();
    opened.outer.closeSync();
    opened.database.closeSync();
  }

  private held<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    return this.untilDone(this.holding(work, true));
  }

  private inLine<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    return this.untilDone(this.oneByOne(() => this.holding(work, false)));
  }

  private async untilDone<T>(done: Promise<T>): Promise<T> {
    this.pending.add(done);
    try {
      return await done;
    } finally {
      this.pending.delete(done);
    }
  }

  private async holding<T>(work: (opened: Opened) => Promise<T>, isReader: boolean): Promise<T> {
    this.opened ??= this.open();
    const opened = await this.opened;
    await this.inTurn(() => this.enter(opened, isReader));
    try {
      return await work(opened);
    } finally {
      this.holders--;
      if (this.holders === 0) await this.leave(opened);
    }
  }

  private async enter(opened: Opened, isReader: boolean): Promise<void> {
    clearTimeout(this.lingering);
    if (isReader && this.attachedAt !== null && performance.now() - this.attachedAt > LONGEST_MS) {
      await this.left();
      await this.detach(opened);
      await delay(GAP_MS);
    }
    if (this.attachedAt === null) await this.attach(opened);
    this.holders++;
  }

  /** Nobody holds it: it is let go of, or soon. */
  private async leave(opened: Opened): Promise<void> {
    this.onLeft();
    const detach = (): Promise<void> =>
      this.inTurn(async () => {
        if (this.holders === 0) await this.detach(opened);
      });
    const lingers = this.readAt + LINGER_MS - performance.now();
    if (lingers <= 0) await detach();
    else this.lingering = setTimeout(() => void detach(), lingers);
  }

  /** Resolves when nobody holds the file. */
  private left(): Promise<void> | undefined {
    if (this.holders === 0) return undefined;
    return new Promise((resolve) => {
      this.onLeft = () => {
        this.onLeft = () => {};
        resolve();
      };
    });
  }

  private inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.turn.then(step);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async open(): Promise<Opened> {
    const database = await loadDriver().DuckDBInstance.create(':memory:', {
      memory_limit: MEMORY_LIMIT,
      temp_directory: this.spill,
    });
    const outer = await database.connect();
    await outer.run('PRAGMA disable_checkpoint_on_shutdown');
    return { database, outer };
  }

  private async attach({ outer }: Opened): Promise<void> {
    await attachOutput(outer, this.file, 'READ_WRITE');
    this.attachedAt = performance.now();
    // Looked at when nobody else can write any more.
    if (this.leftAs === null || this.leftAs === fileVersion(this.file)) return;
    this.moment = {};
    for (const listener of [...this.listeners]) listener();
  }

  private async detach({ outer }: Opened): Promise<void> {
    clearTimeout(this.lingering);
    if (this.attachedAt === null) return;
    // Since the file can be another's as soon as it is let go of, its version is taken before; letting go writes nothing.
    this.leftAs = fileVersion(this.file);
    await outer.run('DETACH output');
    this.attachedAt = null;
  }

  private get logBytes(): number {
    return fs.statSync(`${this.file}.wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** What work leaves open, a transaction or temporary tables, is gone with its connection. */
async function within<T>(
  database: DuckDBInstance,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await database.connect();
  try {
    await connection.run('USE output');
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

async function newReader(database: DuckDBInstance): Promise<Reader> {
  const connection = await database.connect();
  await connection.run('USE output');
  return { connection, prepared: new PreparedConnection(connection) };
}
