/** Amounts of a partition, in ten-thousandths: numbers while they are safe integers, and the exact ones beside them where they aren't. */
import type { BlockColumn } from '../../schema/column_block';
import { grown } from './number_column';

type Amounts = Extract<BlockColumn, { kind: 'money' }>;

export class MoneyColumn {
  readonly kind = 'money';
  /** 0 where there is none. Beyond the safe integers, the nearest number. */
  values: Float64Array = new Float64Array(0);
  /** 1 where there is none; null while there is none such. */
  nulls: Uint8Array | null = null;
  /** No value is farther from 0. */
  largest = 0;
  /** By row, what is no safe integer; null while all are. */
  private exact: Map<number, bigint> | null = null;

  reserve(rows: number): void {
    this.values = grown(this.values, rows);
    if (this.nulls !== null) this.nulls = grown(this.nulls, rows);
  }

  /** Puts values of a block, from `from` to before `to`, into the rows from `row` on, which are new. */
  append(row: number, block: Amounts, from: number, to: number): void {
    for (let i = from; i < to; i++) this.put(row + i - from, block, i);
  }

  put(row: number, { values, nulls }: Amounts, from: number): void {
    const isNull = nulls !== null && nulls[from] === 1;
    if (isNull) this.nulls ??= new Uint8Array(this.values.length);
    if (this.nulls !== null) this.nulls[row] = isNull ? 1 : 0;
    const value = isNull ? 0 : Number(values[from]);
    this.values[row] = value;
    if (value > this.largest) this.largest = value;
    else if (-value > this.largest) this.largest = -value;
    if (isSafe(value)) this.exact?.delete(row);
    else {
      this.exact ??= new Map();
      this.exact.set(row, values[from]);
    }
  }

  /** The value of `from` is now that of `to`, too. */
  move(from: number, to: number): void {
    this.values[to] = this.values[from];
    if (this.nulls !== null) this.nulls[to] = this.nulls[from];
    if (this.exact === null) return;
    const amount = this.exact.get(from);
    if (amount === undefined) this.exact.delete(to);
    else this.exact.set(to, amount);
  }

  /** The row is none any more. */
  forget(row: number): void {
    this.exact?.delete(row);
  }

  valueAt(row: number): bigint | null {
    return this.nulls !== null && this.nulls[row] === 1 ? null : this.amountAt(row);
  }

  /** 0 where there is none. */
  amountAt(row: number): bigint {
    const value = this.values[row];
    return isSafe(value) ? BigInt(value) : (this.exact?.get(row) as bigint);
  }

  get bytes(): number {
    return this.values.byteLength + (this.nulls?.byteLength ?? 0) + 64 * (this.exact?.size ?? 0);
  }
}

/** Whether a whole number stands for itself alone. */
export function isSafe(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER;
}
