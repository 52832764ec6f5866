import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Table } from '../../schema/table';
import { InputError, systemReason } from '../input_error';
import { BlockWriter } from './block_writer';

/** A new staging file of a table's rows, written to at its end. Throws an {@link InputError} where it can't be written. */
export class BlockFile {
  private readonly descriptor: number;
  private readonly block: BlockWriter;

  /** Creates the file; it must not exist. */
  constructor(
    readonly path: string,
    table: Table,
  ) {
    this.block = new BlockWriter(table);
    this.descriptor = this.attempt(() => fs.openSync(path, 'ax', 0o600));
  }

  append(rows: readonly Record<string, unknown>[]): void {
    for (let next = this.block.append(rows, 0); next < rows.length; next = this.block.append(rows, next))
      this.flush();
  }

  close(): void {
    this.flush();
    fs.closeSync(this.descriptor);
  }

  /** Writes down what has been appended. */
  flush(): void {
    if (this.block.rows === 0) return;
    const bytes = this.block.take();
    // Unlike writeSync, this goes on where a disk took only a part.
    this.attempt(() => fs.writeFileSync(this.descriptor, bytes));
  }

  private attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const beside = path.dirname(path.dirname(this.path));
      throw new InputError(
        `cannot write rows beside the output, in ${beside}: ${systemReason(error)}. The tables are as they were. Make room, or choose another --output`,
      );
    }
  }
}
