/** The first rows of an answer in its order, behind a position. Rows are offered in any order; no more than a few pages of them are ever held. */
import type { Position } from '../questions/selection';
import { isSafe } from './money_column';
import { grown } from './number_column';
import { type OrderedField, OrderKeys, type Place } from './order_keys';

/** So many are gathered at least before any are dropped. */
const LEAST_GATHERED = 256;

export class Page {
  count = 0;
  /** By row of the page: where it is from. */
  parts = new Int32Array(0);
  rows = new Int32Array(0);
  private readonly order: OrderKeys;
  private keys: Float64Array[];
  private readonly offered: Float64Array[];
  private readonly after: Place | null;
  /** No row behind it is on the page. */
  private last: Place | null = null;

  constructor(
    order: readonly OrderedField[],
    after: Position | null,
    private readonly most: number,
  ) {
    this.order = new OrderKeys(order);
    this.keys = Array.from({ length: this.order.count }, () => new Float64Array(0));
    this.offered = [...this.keys];
    this.after = after === null ? null : this.order.placeOf(after);
  }

  get isFull(): boolean {
    return this.count >= this.most;
  }

  /** Rows of a partition, by their numbers. */
  offer(part: number, rows: Int32Array, count: number): void {
    const { order, offered, after } = this;
    for (let c = 0; c < offered.length; c++) offered[c] = grown(offered[c], count);
    order.fill(part, rows, count, offered);
    const most = Math.max(LEAST_GATHERED, 2 * this.most);
    const first: Float64Array | undefined = offered[0];
    const from = after?.keys[0] ?? Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      // That is all there is to most rows.
      if (first !== undefined && first[i] < from) continue;
      if (after !== null && this.compareTo(offered, i, part, rows[i], after) <= 0) continue;
      if (this.last !== null && this.compareTo(offered, i, part, rows[i], this.last) >= 0) continue;
      this.add(i, part, rows[i]);
      if (this.count >= most) this.cut();
    }
  }

  /** Puts the page in order, and drops what is not on it. */
  cut(): void {
    const numbers = this.numbersInOrder();
    this.count = Math.min(this.count, this.most);
    const kept = numbers.subarray(0, this.count);
    const { parts, rows, keys } = this;
    this.parts = kept.map((i) => parts[i]);
    this.rows = kept.map((i) => rows[i]);
    this.keys = keys.map((column) => {
      const taken = new Float64Array(kept.length);
      for (let i = 0; i < kept.length; i++) taken[i] = column[kept[i]];
      return taken;
    });
    if (this.isFull && this.count > 0) this.last = this.placeAt(this.count - 1);
  }

  /** Whether a row of the page is behind a position, by where it is on it. */
  behind(position: Position): (at: number) => boolean {
    const place = this.order.placeOf(position);
    return (at) => this.compareTo(this.keys, at, this.parts[at], this.rows[at], place) > 0;
  }

  private numbersInOrder(): Int32Array {
    const { count, order, keys } = this;
    const numbers = new Int32Array(count);
    if (order.most * count <= Number.MAX_SAFE_INTEGER) {
      // Numbers are put in order much faster than rows by a function: each key takes its row along.
      const numbered = new Float64Array(count);
      for (let i = 0; i < count; i++) numbered[i] = keys[0][i] * count + i;
      numbered.sort();
      for (let i = 0; i < count; i++) numbers[i] = numbered[i] % count;
      return numbers;
    }
    for (let i = 0; i < count; i++) numbers[i] = i;
    return order.count === 0 ? numbers : numbers.sort((a, b) => this.compare(a, b));
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
    for (let c = 0; c < this.keys.length; c++) this.keys[c][at] = this.offered[c][i];
  }

  private compare(a: number, b: number): number {
    const { keys, order, parts, rows } = this;
    for (let c = 0; c < keys.length; c++) {
      const x = keys[c][a];
      const y = keys[c][b];
      if (x < y) return -1;
      if (x > y) return 1;
      if (isSafe(x)) continue;
      const exactly = order.compareAmounts(
        c,
        order.amountAt(c, x, parts[a], rows[a]),
        order.amountAt(c, y, parts[b], rows[b]),
      );
      if (exactly !== 0) return exactly;
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
    for (let c = 0; c < keys.length; c++) {
      const x = keys[c][i];
      const y = place.keys[c];
      if (x < y) return -1;
      if (x > y) return 1;
      if (!isSafe(x)) {
        const exactly = this.order.compareAmounts(c, this.order.amountAt(c, x, part, row), place.amounts[c]);
        if (exactly !== 0) return exactly;
      }
    }
    return 0;
  }

  private placeAt(at: number): Place {
    const keys = this.keys.map((column) => column[at]);
    return {
      keys,
      amounts: keys.map((key, c) => this.order.amountAt(c, key, this.parts[at], this.rows[at])),
    };
  }
}
