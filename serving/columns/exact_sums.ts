/** Sums of whole numbers by group: in numbers for as long as they are safe integers, beyond that in bigints. */
import type { Span } from './answer_field';
import { isSafe, type MoneyColumn } from './money_column';
import { grown, type NumberColumn } from './number_column';

export class ExactSums {
  /** What is not in {@link beyond}. */
  private sums = new Float64Array(0);
  private beyond: Map<number, bigint> | null = null;
  /** No sum is farther from 0. */
  private largest = 0;

  /** Groups are there, with nothing in them. */
  reserve(groups: number): void {
    this.sums = grown(this.sums, groups);
  }

  /** Rows of one group. */
  addTo(group: number, column: NumberColumn | MoneyColumn, rows: Int32Array, count: number): void {
    const { values } = column;
    let sum = this.sums[group];
    if (this.stayExact(column, count)) for (let i = 0; i < count; i++) sum += values[rows[i]];
    else
      for (let i = 0; i < count; i++) {
        const next = sum + values[rows[i]];
        if (isSafe(next) && isSafe(values[rows[i]])) sum = next;
        else {
          this.putBeyond(group, sum, column, rows[i]);
          sum = 0;
        }
      }
    this.sums[group] = sum;
  }

  /** Rows of the groups. */
  add(groups: Int32Array, column: NumberColumn | MoneyColumn, rows: Int32Array, count: number): void {
    const { values } = column;
    const { sums } = this;
    if (this.stayExact(column, count)) {
      for (let i = 0; i < count; i++) sums[groups[i]] += values[rows[i]];
      return;
    }
    for (let i = 0; i < count; i++) {
      const group = groups[i];
      const next = sums[group] + values[rows[i]];
      if (isSafe(next) && isSafe(values[rows[i]])) sums[group] = next;
      else {
        this.putBeyond(group, sums[group], column, rows[i]);
        sums[group] = 0;
      }
    }
  }

  /** The sum, or the number that is nearest to it. */
  nearest(group: number): number {
    const beyond = this.beyond?.get(group);
    return beyond === undefined ? this.sums[group] : Number(beyond + BigInt(this.sums[group]));
  }

  /** What the sums are among; null where some are no safe integers. */
  span(): Span | null {
    return this.beyond === null ? spanOf(this.sums) : null;
  }

  exact(group: number): bigint {
    return BigInt(this.sums[group]) + (this.beyond?.get(group) ?? 0n);
  }

  /** Whether no sum can leave the safe integers by so many values more. */
  private stayExact({ largest }: NumberColumn | MoneyColumn, count: number): boolean {
    this.largest += largest * count;
    return isSafe(this.largest);
  }

  private putBeyond(group: number, sum: number, column: NumberColumn | MoneyColumn, row: number): void {
    this.beyond ??= new Map();
    const value = column.kind === 'money' ? column.amountAt(row) : BigInt(column.values[row]);
    this.beyond.set(group, (this.beyond.get(group) ?? 0n) + BigInt(sum) + value);
  }
}

/** What whole numbers are among. */
export function spanOf(numbers: Float64Array): Span {
  let least = 0;
  let most = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] < least) least = numbers[i];
    if (numbers[i] > most) most = numbers[i];
  }
  return { least, most, unit: 1 };
}
