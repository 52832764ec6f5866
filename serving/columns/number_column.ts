/** Numbers of a partition: times, days, counts, rates, and booleans as 0 or 1. */
import type { BlockColumn } from '../../schema/column_block';
import { HOUR_MS } from '../../schema/events';

type Numbers = Extract<BlockColumn, { kind: 'number' }>;

export class NumberColumn {
  readonly kind = 'number';
  /** 0 where there is none. */
  values: Float64Array = new Float64Array(0);
  /** 1 where there is none; null while there is none such. */
  nulls: Uint8Array | null = null;
  /** No value is less, or none more: rows that went may have been the last to be so. Infinite the wrong way round where there never was a value. */
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;
  /** Whether all values are whole hours since 1970. */
  isHours = true;
  /** Whether some are no numbers, which are neither least nor most. */
  hasOthers = false;

  reserve(rows: number): void {
    this.values = grown(this.values, rows);
    if (this.nulls !== null) this.nulls = grown(this.nulls, rows);
  }

  /** Puts values of a block, from `from` to before `to`, into the rows from `row` on, which are new. */
  append(row: number, block: Numbers, from: number, to: number): void {
    if (block.nulls !== null || this.nulls !== null) {
      for (let i = from; i < to; i++) this.put(row + i - from, block, i);
      return;
    }
    const { values } = block;
    let { least, most } = this;
    for (let i = from; i < to; i++) {
      const value = values[i];
      if (value < least) least = value;
      if (value > most) most = value;
      if (this.isHours && value % HOUR_MS !== 0) this.isHours = false;
      if (Number.isNaN(value)) this.hasOthers = true;
      this.values[row + i - from] = value;
    }
    this.least = least;
    this.most = most;
  }

  put(row: number, { values, nulls }: Numbers, from: number): void {
    if (nulls !== null && nulls[from] === 1) {
      this.nulls ??= new Uint8Array(this.values.length);
      this.nulls[row] = 1;
      this.values[row] = 0;
      return;
    }
    const value = values[from];
    this.values[row] = value;
    if (this.nulls !== null) this.nulls[row] = 0;
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
    if (this.isHours && value % HOUR_MS !== 0) this.isHours = false;
    if (Number.isNaN(value)) this.hasOthers = true;
  }

  /** The value of `from` is now that of `to`, too. */
  move(from: number, to: number): void {
    this.values[to] = this.values[from];
    if (this.nulls !== null) this.nulls[to] = this.nulls[from];
  }

  valueAt(row: number): number | null {
    return this.nulls !== null && this.nulls[row] === 1 ? null : this.values[row];
  }

  /** No value is farther from 0. */
  get largest(): number {
    return this.least > this.most ? 0 : Math.max(-this.least, this.most);
  }

  get bytes(): number {
    return this.values.byteLength + (this.nulls?.byteLength ?? 0);
  }
}

/** The same values, and room for as many as `rows`. */
export function grown<A extends Float64Array | Int32Array | Uint8Array>(array: A, rows: number): A {
  if (rows <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => A)(Math.max(rows, 2 * array.length, 16));
  larger.set(array);
  return larger;
}
