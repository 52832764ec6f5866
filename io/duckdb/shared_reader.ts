/**
 * A DuckDB file that others write to, read by many at once. DuckDB lets nobody write while it is open for reading, in whatever process, and nobody read while it is open for writing. So it is open for as long as questions
 * come, all of them sharing one moment of it, and closed soon after the last one, or after a quarter of a second, or at once when a writer says that it waits (waiting_writer.ts).
 *
 * For another process's file. Who writes it in this process may not use this: locks of files are a process's, so it would see half-written pages.
 */

import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '../../schema/column';
import type { Answer, Question } from '../../schema/question';
import { InputError } from '../input_error';
import { attachOutput, LockedError, loadDriver, MEMORY_LIMIT } from './open';
import { PreparedConnection } from './prepared_connection';
import { writerWaits } from './waiting_writer';
import { fileVersion, watchFile } from './watch_file';
import { LOCK_PATIENCE_MS } from './when_unlocked';

/** How long the file is open at most, questions that are under way aside. */
const LONGEST_MS = 250;
/** How long it stays open without a question: the next one is often there at once, and opening takes as long as a question. */
const LINGER_MS = 25;
/** Questions at once: each takes a thread of Node's, which has four. */
const CONNECTIONS = 3;
/** Milliseconds between looks at a file that somebody writes to. */
const LEAST_WAIT_MS = 4;
const MOST_WAIT_MS = 50;

/** The tables at one moment. */
export interface Reading {
  readonly ask: <C extends Record<string, Column>>(question: Question<C>) => Promise<Answer<C>[]>;
  /** The same object for as long as the file is the same. */
  readonly moment: object;
}

/** The file while it is open. */
interface Opening {
  readonly reading: Reading;
  users: number;
  /** Takes no more questions; closed with the last one. */
  retired: boolean;
  readonly closed: Promise<void>;
  readonly close: () => void;
  readonly ageTimer: NodeJS.Timeout;
  lingerTimer: NodeJS.Timeout | undefined;
}

export interface SharedReaderOptions {
  /** Milliseconds to wait for a writer; 30,000 if left out. */
  readonly patienceMs?: number;
}

export class SharedReader {
  private database: DuckDBInstance | undefined;
  private outer: DuckDBConnection | undefined;
  private connections: PreparedConnection[] = [];
  private readonly waiting: ((connection: PreparedConnection) => void)[] = [];
  private opening: Promise<Opening> | undefined;
  private current: Opening | undefined;
  private seen = { version: '', moment: {} };
  private ended = false;
  private readonly listeners = new Set<() => void>();
  private readonly unwatch: () => void;

  constructor(
    readonly file: string,
    private readonly options: SharedReaderOptions = {},
  ) {
    this.unwatch = watchFile(file, {
      onChange: () => {
        for (const listener of [...this.listeners]) listener();
      },
      onWriter: () => {
        if (this.current !== undefined && writerWaits(file)) this.retire(this.current);
      },
    });
  }

  /**
   * Reads the tables at one moment. What `work` gets must not be used after its promise is kept.
   *
   * @throws {InputError} where the file isn't there, is no output, or is locked for longer than the patience
   */
  async use<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    const opening = await this.enter();
    try {
      return await work(opening.reading);
    } finally {
      this.leave(opening);
    }
  }

  /** Tells `listener` when the file has changed, until what it returns is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits for what is being read. */
  async close(): Promise<void> {
    this.ended = true;
    this.unwatch();
    this.listeners.clear();
    const opening = await this.opening?.catch(() => undefined);
    if (opening !== undefined) {
      this.retire(opening);
      await opening.closed;
    }
    this.giveUp();
  }

  private async enter(): Promise<Opening> {
    for (;;) {
      if (this.ended) throw new InputError(`${this.file} is not read any more`);
      this.opening ??= this.open();
      const opening = await this.opening;
      if (opening.retired) {
        await opening.closed;
        continue;
      }
      opening.users++;
      clearTimeout(opening.lingerTimer);
      return opening;
    }
  }

  private leave(opening: Opening): void {
    opening.users--;
    if (opening.users > 0) return;
    if (opening.retired) opening.close();
    else opening.lingerTimer = setTimeout(() => this.retire(opening), LINGER_MS);
  }

  private retire(opening: Opening): void {
    if (opening.retired) return;
    opening.retired = true;
    clearTimeout(opening.ageTimer);
    clearTimeout(opening.lingerTimer);
    if (opening.users === 0) opening.close();
  }

  private async open(): Promise<Opening> {
    try {
      await this.attach();
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
    const version = fileVersion(this.file);
    if (version !== this.seen.version) this.seen = { version, moment: {} };
    let resolve: () => void;
    const opening: Opening = {
      reading: { ask: (question) => this.ask(question), moment: this.seen.moment },
      users: 0,
      retired: false,
      closed: new Promise<void>((closed) => {
        resolve = closed;
      }),
      close: () => void this.detach().then(resolve),
      ageTimer: setTimeout(() => this.retire(opening), LONGEST_MS),
      lingerTimer: undefined,
    };
    this.current = opening;
    return opening;
  }

  /** Opens the file, with patience for who writes to it. */
  private async attach(): Promise<void> {
    const { patienceMs = LOCK_PATIENCE_MS } = this.options;
    for (const start = Date.now(); ; ) {
      const waited = Date.now() - start;
      try {
        if (!fs.existsSync(this.file)) throw new InputError(`cannot read ${this.file}: no such file`);
        // Who has waited for us goes first, but not for longer than one waits for it.
        if (writerWaits(this.file) && waited < patienceMs)
          throw new LockedError(`cannot open ${this.file}: another process waits to write it`);
        await this.attachNow();
        return;
      } catch (error) {
        if (!(error instanceof LockedError) || waited > patienceMs || this.ended) throw error;
        await delay(Math.min(MOST_WAIT_MS, LEAST_WAIT_MS + waited / 10));
      }
    }
  }

  private async attachNow(): Promise<void> {
    this.database ??= await loadDriver().DuckDBInstance.create(':memory:', {
      memory_limit: MEMORY_LIMIT,
      // A question is small, and others are there to use the other cores.
      threads: '1',
    });
    this.outer ??= await this.database.connect();
    await attachOutput(this.outer, this.file, 'READ_ONLY');
    while (this.connections.length < CONNECTIONS) {
      const connection = await this.database.connect();
      await connection.run('USE output');
      this.connections.push(new PreparedConnection(connection));
    }
  }

  private async detach(): Promise<void> {
    this.current = undefined;
    try {
      await this.outer?.run('DETACH output');
    } catch {
      // A database that lets go of nothing is given up as a whole, with its locks.
      this.giveUp();
    }
    this.opening = undefined;
  }

  private giveUp(): void {
    for (const connection of this.connections.splice(0)) connection.close();
    this.outer?.closeSync();
    this.database?.closeSync();
    this.outer = undefined;
    this.database = undefined;
  }

  private async ask<C extends Record<string, Column>>(question: Question<C>): Promise<Answer<C>[]> {
    const connection = await this.take();
    try {
      return await connection.ask(question);
    } catch (error) {
      if (/Catalog Error: Table with name/.test(String(error)))
        throw new InputError(
          `${this.file} holds no tables of a run: it is no output of funnelpulse run, or of one that never began`,
        );
      throw error;
    } finally {
      this.giveBack(connection);
    }
  }

  private take(): Promise<PreparedConnection> | PreparedConnection {
    return this.connections.pop() ?? new Promise((resolve) => this.waiting.push(resolve));
  }

  private giveBack(connection: PreparedConnection): void {
    const next = this.waiting.shift();
    if (next === undefined) this.connections.push(connection);
    else next(connection);
  }
}
