/** Texts of a partition: by their codes in the column's dictionary, or, where each is another, as they are. */
import type { BlockColumn } from '../../schema/column_block';
import type { Dictionary } from './dictionary';
import { grown } from './number_column';

type Texts = Extract<BlockColumn, { kind: 'text' }>;

export class CodeColumn {
  readonly kind = 'codes';
  codes: Int32Array = new Int32Array(0);

  /** @param dictionary that of all partitions */
  constructor(readonly dictionary: Dictionary) {}

  reserve(rows: number): void {
    this.codes = grown(this.codes, rows);
  }

  /** Puts values of a block, from `from` to before `to`, into the rows from `row` on, which are new. */
  append(row: number, { values }: Texts, from: number, to: number): void {
    const { codes, dictionary } = this;
    for (let i = from; i < to; i++) codes[row + i - from] = dictionary.codeOf(values[i]);
  }

  put(row: number, { values }: Texts, from: number): void {
    this.codes[row] = this.dictionary.codeOf(values[from]);
  }

  move(from: number, to: number): void {
    this.codes[to] = this.codes[from];
  }

  valueAt(row: number): string | null {
    return this.dictionary.textOf(this.codes[row]);
  }

  get bytes(): number {
    return this.codes.byteLength;
  }
}

export class PlainColumn {
  readonly kind = 'plain';
  private readonly texts: (string | null)[] = [];
  private characters = 0;

  reserve(): void {}

  append(row: number, { values }: Texts, from: number, to: number): void {
    for (let i = from; i < to; i++) this.set(row + i - from, values[i]);
  }

  put(row: number, { values }: Texts, from: number): void {
    this.set(row, values[from]);
  }

  move(from: number, to: number): void {
    this.set(to, this.texts[from]);
  }

  /** The row, which is the last, is none any more. */
  forget(row: number): void {
    this.set(row, null);
    this.texts.length = row;
  }

  valueAt(row: number): string | null {
    return this.texts[row];
  }

  get bytes(): number {
    return 2 * this.characters + 8 * this.texts.length;
  }

  private set(row: number, text: string | null): void {
    this.characters += (text?.length ?? 0) - (this.texts[row]?.length ?? 0);
    this.texts[row] = text;
  }
}
