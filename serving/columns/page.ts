/** The first rows of an answer in its order, behind a position. Rows are offered in any order; no more than a few pages of them are ever held. */
import type { Position } from '../questions/selection';
import { type AnswerField, keyOfValue } from './answer_field';
import { isSafe } from './money_column';
import { grown } from './number_column';

export interface OrderedField {
  readonly field: AnswerField;
  readonly sign: 1 | -1;
}

/** Somewhere in the order: a key by field, and the exact amount where the key is none. */
interface Place {
  readonly keys: readonly number[];
  readonly amounts: readonly (bigint | null)[];
}

/** So many are gathered at least before any are dropped. */
const LEAST_GATHERED = 256;

export class Page {
  count = 0;
  /** By row of the page: where it is from. */
  parts = new Int32Array(0);
  rows = new Int32Array(0);
  private keys: Float64Array[];
  private readonly offered: Float64Array[];
  private readonly after: Place | null;
  /** No row behind it is on the page. */
  private last: Place | null = null;

  constructor(
    private readonly order: readonly OrderedField[],
    after: Position | null,
    private readonly most: number,
  ) {
    this.keys = order.map(() => new Float64Array(0));
    this.offered = order.map(() => new Float64Array(0));
    this.after = after === null ? null : placeOf(order, after);
  }

  get isFull(): boolean {
    return this.count >= this.most;
  }

  /** Rows of a partition, by their numbers. */
  offer(part: number, rows: Int32Array, count: number): void {
    const { order, offered, after } = this;
    for (let f = 0; f < order.length; f++) {
      offered[f] = grown(offered[f], count);
      order[f].field.keys(part, rows, count, order[f].sign, offered[f]);
    }
    const most = Math.max(LEAST_GATHERED, 2 * this.most);
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      if (after !== null && this.compareTo(offered, i, part, row, after) <= 0) continue;
      if (this.last !== null && this.compareTo(offered, i, part, row, this.last) >= 0) continue;
      this.add(i, part, row);
      if (this.count >= most) this.cut();
    }
  }

  /** Puts the page in order, and drops what is not on it. */
  cut(): void {
    const { keys, order } = this;
    const numbers = new Int32Array(this.count);
    for (let i = 0; i < numbers.length; i++) numbers[i] = i;
    if (order.length > 0) numbers.sort((a, b) => this.compare(a, b));
    this.count = Math.min(this.count, this.most);
    const kept = numbers.subarray(0, this.count);
    this.parts = kept.map((i) => this.parts[i]);
    this.rows = kept.map((i) => this.rows[i]);
    this.keys = keys.map((column) => Float64Array.from(kept, (i) => column[i]));
    if (this.isFull && this.count > 0) this.last = this.placeAt(this.count - 1);
  }

  /** Whether a row of the page is behind a position, by where it is on it. */
  behind(position: Position): (at: number) => boolean {
    const place = placeOf(this.order, position);
    return (at) => this.compareTo(this.keys, at, this.parts[at], this.rows[at], place) > 0;
  }

  private add(i: number, part: number, row: number): void {
    const at = this.count++;
    if (at >= this.rows.length) {
      this.parts = grown(this.parts, this.count);
      this.rows = grown(this.rows, this.count);
      this.keys = this.keys.map((column) => grown(column, this.count));
    }
    this.parts[at] = part;
    this.rows[at] = row;
    for (let f = 0; f < this.keys.length; f++) this.keys[f][at] = this.offered[f][i];
  }

  private compare(a: number, b: number): number {
    for (let f = 0; f < this.keys.length; f++) {
      const x = this.keys[f][a];
      const y = this.keys[f][b];
      if (x < y) return -1;
      if (x > y) return 1;
      if (!isSafe(x)) {
        const exactly = compareAmounts(
          this.amountAt(f, x, this.parts[a], this.rows[a]),
          this.amountAt(f, y, this.parts[b], this.rows[b]),
        );
        if (exactly !== 0) return exactly * this.order[f].sign;
      }
    }
    return 0;
  }

  /** @param keys those among which the row's are at `i` */
  private compareTo(
    keys: readonly Float64Array[],
    i: number,
    part: number,
    row: number,
    place: Place,
  ): number {
    for (let f = 0; f < keys.length; f++) {
      const x = keys[f][i];
      const y = place.keys[f];
      if (x < y) return -1;
      if (x > y) return 1;
      if (!isSafe(x)) {
        const exactly = compareAmounts(this.amountAt(f, x, part, row), place.amounts[f]);
        if (exactly !== 0) return exactly * this.order[f].sign;
      }
    }
    return 0;
  }

  private placeAt(at: number): Place {
    const keys = this.keys.map((column) => column[at]);
    return {
      keys,
      amounts: keys.map((key, f) => this.amountAt(f, key, this.parts[at], this.rows[at])),
    };
  }

  /** Null for what is no amount beyond the safe integers. */
  private amountAt(f: number, key: number, part: number, row: number): bigint | null {
    const { field } = this.order[f];
    if (field.type !== 'money' || isSafe(key) || key === Number.POSITIVE_INFINITY) return null;
    return field.valueAt(part, row) as bigint;
  }
}

function placeOf(order: readonly OrderedField[], position: Position): Place {
  const values = order.map((_, f) => position[f]);
  return {
    keys: order.map(({ field, sign }, f) => {
      const value = values[f];
      return value === null ? Number.POSITIVE_INFINITY : sign * keyOfValue(field, value);
    }),
    amounts: values.map((value) => (typeof value === 'bigint' ? value : null)),
  };
}

function compareAmounts(a: bigint | null, b: bigint | null): number {
  if (a === null || b === null || a === b) return 0;
  return a < b ? -1 : 1;
}
