import '../../beam/node24';
import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import type { WindowedValue } from 'apache-beam/values';
import { atBundleEnd } from '../../beam/at_bundle_end';
import type { Keyed } from '../../beam/combine';
import { isVoid, tableNamed } from '../../schema/tables';
import { BlockFile } from './block_file';

/** A staging file that a bundle has written. Files that no manifest names, left by a bundle that failed, are never loaded. */
export interface Staged {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
  /** The first column of the first row's key: files are loaded in its order. */
  readonly first: string | number;
}

/** Rows of one table, but those without any event, which only tell a stream's sink to delete → a staging file per bundle; gives out its manifest at the bundle's end. */
export class StageRows {
  private file: BlockFile | undefined;
  private rows = 0;
  private first: string | number = 0;

  constructor(
    readonly table: string,
    readonly directory: string,
  ) {}

  startBundle(): void {
    this.rows = 0;
    this.file = undefined;
  }

  /** Gives out nothing: the manifest leaves with the bundle's end. */
  process(rows: Record<string, unknown>[]): Iterable<never> {
    const kept = rows.some(isVoid) ? rows.filter((row) => !isVoid(row)) : rows;
    if (kept.length === 0) return [];
    if (this.file === undefined) {
      const table = tableNamed(this.table);
      this.file = new BlockFile(path.join(this.directory, `${this.table}-${randomUUID()}.block`), table);
      this.first = kept[0][table.key[0]] as string | number;
    }
    this.file.append(kept);
    this.rows += kept.length;
    return [];
  }

  *finishBundle(): Generator<WindowedValue<Staged>> {
    if (this.file === undefined) return;
    this.file.close();
    yield atBundleEnd({ table: this.table, file: this.file.path, rows: this.rows, first: this.first });
  }
}

/** A staged part → the one key under which all parts of a run come together. */
export class KeyPart {
  *process(part: Staged): Generator<Keyed<Staged>> {
    yield { key: '', value: part };
  }
}
