import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { tableNamed } from '../../schema/tables';
import { BlockFile } from './block_file';
import { rowsOf } from './block_reader';

/** Of a log that is written to, and of one whose writer is gone. The table's name stands before. */
const OPEN = '.log';
const CLOSED = '.closed';

/**
 * The last step of a stream's graph, for one table: a bundle's rows go to the end of a log in `directory`, for the flush that comes before the next commit. A log is kept open from bundle to bundle: a
 * file for each would cost more than all else that is done with a small bundle.
 */
export class LogRows {
  private log: BlockFile | undefined;

  constructor(
    readonly table: string,
    readonly directory: string,
  ) {}

  /** Void rows are taken as well: they say that a stored row has to go. */
  process(rows: readonly Record<string, unknown>[]): undefined {
    if (rows.length === 0) return;
    this.log ??= new BlockFile(
      path.join(this.directory, `${this.table}.${randomUUID()}${OPEN}`),
      tableNamed(this.table),
    );
    this.log.append(rows);
  }

  finishBundle(): undefined {
    this.log?.flush();
  }

  teardown(): void {
    if (this.log === undefined) return;
    this.log.close();
    fs.renameSync(this.log.path, this.log.path.slice(0, -OPEN.length) + CLOSED);
  }
}

/** Rows of a table for a flush. */
export interface LoggedRows {
  readonly table: string;
  readonly rows: number;
  /** As block_layout.ts says. */
  readonly blocks: Uint8Array;
}

/** Takes all rows out of the logs in `directory`, at a time when no bundle is at work. */
export function takeLogged(directory: string): LoggedRows[] {
  const taken: LoggedRows[] = [];
  for (const name of fs.readdirSync(directory)) {
    const isOpen = name.endsWith(OPEN);
    if (!isOpen && !name.endsWith(CLOSED)) continue;
    const file = path.join(directory, name);
    const blocks = fs.readFileSync(file);
    if (!isOpen) fs.rmSync(file);
    else if (blocks.length > 0) fs.truncateSync(file);
    if (blocks.length > 0)
      taken.push({ table: name.slice(0, name.indexOf('.')), rows: rowsOf(blocks), blocks });
  }
  return taken;
}
