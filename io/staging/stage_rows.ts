import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { WindowedValue } from 'apache-beam/values';
import { GlobalWindow } from 'apache-beam/values';
import Long from 'long';
import type { Keyed } from '../../beam/combine';
import type { Table } from '../../schema/table';
import { TABLES } from '../../schema/tables';
import { InputError, systemReason } from '../input_error';
import { lineOf } from './csv_rows';

/** A staging file that a bundle has written. Files that no manifest names, left by a bundle that failed, are never loaded. */
export interface Staged {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
}

/** Characters held back before they are written. */
const FLUSH_LENGTH = 1 << 20;

/** Rows of one table → a staging file per bundle; gives out its manifest at the bundle's end. */
export class StageRows {
  private file: { descriptor: number; path: string } | undefined;
  private pending: string[] = [];
  private pendingLength = 0;
  private rows = 0;
  private line: ((row: never) => string) | undefined;

  /** `skipVoid`: leave out rows without any event, which only tell a streaming sink to delete. */
  constructor(
    readonly table: string,
    readonly directory: string,
    readonly skipVoid: boolean,
  ) {}

  startBundle(): void {
    this.line = lineOf(tableNamed(this.table)) as (row: never) => string;
    this.pending = [];
    this.pendingLength = 0;
    this.rows = 0;
    this.file = undefined;
  }

  // biome-ignore lint/correctness/useYield: a generator without elements; the manifest leaves with the bundle's end
  *process(rows: Record<string, unknown>[]): Generator<never> {
    for (const row of rows) {
      if (this.skipVoid && isVoid(row)) continue;
      const line = this.line?.(row as never) ?? '';
      this.pending.push(line);
      this.pendingLength += line.length;
      this.rows++;
      if (this.pendingLength >= FLUSH_LENGTH) this.flush();
    }
  }

  *finishBundle(): Generator<WindowedValue<Staged>> {
    this.flush();
    if (this.file === undefined) return;
    fs.closeSync(this.file.descriptor);
    yield {
      value: { table: this.table, file: this.file.path, rows: this.rows },
      windows: [new GlobalWindow()],
      timestamp: Long.fromString('-9223372036854775'),
      pane: { timing: 'UNKNOWN' as never, index: 0, onTimeIndex: 0, isFirst: true, isLast: true },
    };
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    try {
      if (this.file === undefined) {
        const file = path.join(this.directory, `${this.table}-${randomUUID()}.csv`);
        this.file = { descriptor: fs.openSync(file, 'wx', 0o600), path: file };
      }
      // Unlike writeSync, this goes on where a disk took only a part.
      fs.writeFileSync(this.file.descriptor, this.pending.join(''));
    } catch (error) {
      throw new InputError(
        `cannot write rows beside the output, in ${path.dirname(this.directory)}: ${systemReason(error)}. The tables are as they were. Make room, or choose another --output`,
      );
    }
    this.pending = [];
    this.pendingLength = 0;
  }
}

function isVoid(row: Record<string, unknown>): boolean {
  return row.views === 0 && row.carts === 0 && row.removals === 0 && row.purchases === 0;
}

function tableNamed(name: string): Table {
  const table = TABLES.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table is called ${name}`);
  return table;
}

/** A staged part → the one key under which all parts of a run come together. */
export class KeyPart {
  *process(part: Staged): Generator<Keyed<Staged>> {
    yield { key: '', value: part };
  }
}
