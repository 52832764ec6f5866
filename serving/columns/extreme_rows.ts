/** By group, the row with the least value of a column, or the most; what is null is neither. */
import type { AnswerField } from './answer_field';
import type { GroupedRows } from './group_fields';
import { isSafe } from './money_column';
import { grown } from './number_column';

export class ExtremeRows {
  /** By group: where its row is; no row is -1. */
  parts = new Int32Array(0);
  rows = new Int32Array(0);
  private best = new Float64Array(0);
  private keys = new Float64Array(0);

  /** @param sign -1 for the most */
  constructor(
    private readonly source: AnswerField,
    private readonly sign: 1 | -1,
  ) {}

  /** @param all how many groups there are by now */
  add({ part, rows, count, group, groups }: GroupedRows, all: number): void {
    this.reserve(all);
    this.keys = grown(this.keys, count);
    const { keys, best, source } = this;
    source.keys(part, rows, count, this.sign, keys);
    for (let i = 0; i < count; i++) {
      const at = group < 0 ? groups[i] : group;
      // That is all there is to most rows.
      if (keys[i] > best[at] || (keys[i] === best[at] && isSafe(keys[i]))) continue;
      if (this.isBetter(keys[i], at, part, rows[i])) {
        best[at] = keys[i];
        this.parts[at] = part;
        this.rows[at] = rows[i];
      }
    }
  }

  private isBetter(key: number, at: number, part: number, row: number): boolean {
    const value = key === Number.POSITIVE_INFINITY ? this.source.valueAt(part, row) : key;
    if (value === null) return false;
    if (this.rows[at] < 0) return true;
    // What is no number is more than any.
    if (Number.isNaN(key)) return this.sign < 0;
    if (Number.isNaN(this.best[at])) return this.sign > 0;
    if (key !== this.best[at]) return key < this.best[at];
    if (isSafe(key) || this.source.type !== 'money') return false;
    const amount = this.source.valueAt(part, row) as bigint;
    const known = this.source.valueAt(this.parts[at], this.rows[at]) as bigint;
    return this.sign > 0 ? amount < known : amount > known;
  }

  private reserve(groups: number): void {
    const before = this.rows.length;
    this.best = grown(this.best, groups);
    this.parts = grown(this.parts, groups);
    this.rows = grown(this.rows, groups);
    this.best.fill(Number.POSITIVE_INFINITY, before);
    this.rows.fill(-1, before);
  }
}
