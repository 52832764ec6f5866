/** The rows of a partition that pass the filters of a selection: a condition at a time, over whole columns. */
import type { Filter } from '../questions/selection';
import { type Condition, conditionsOf, meets } from './conditions';
import type { HeldRows } from './held_rows';
import { isSafe, type MoneyColumn } from './money_column';
import type { NumberColumn } from './number_column';
import type { HeldColumn, Partition } from './partition';
import { rowNumbers } from './row_numbers';
import type { CodeColumn, PlainColumn } from './text_columns';

interface ColumnCondition {
  readonly at: number;
  readonly condition: Condition;
  /** By the code of a text and one more, 1 where it passes; null for what is no text, or for one text alone. */
  readonly passing: Uint8Array | null;
}

export class RowFilters {
  private readonly ofDays: readonly Condition[];
  private readonly ofRows: readonly ColumnCondition[];
  /** Numbers of rows, of all that were looked at last. */
  rows = new Int32Array(0);

  constructor(
    private readonly held: HeldRows,
    filters: readonly Filter[],
  ) {
    const all = filters.flatMap((filter) => {
      const at = held.columnAt(filter.column);
      return conditionsOf(filter, held.columnOf(at).type).map((condition) => ({ at, condition }));
    });
    this.ofDays = all.filter(({ at }) => at === held.dayColumn).map(({ condition }) => condition);
    this.ofRows = all
      .filter(({ at }) => at !== held.dayColumn)
      .map((each) => ({ ...each, passing: this.passingCodes(each.at, each.condition) }));
  }

  /** Those in which there may be rows that pass. */
  partitions(): Partition[] {
    const { held, ofDays, ofRows } = this;
    return held
      .partitions()
      .filter(
        ({ day, columns }) =>
          ofDays.every((condition) => day !== null && meets(condition, day)) &&
          ofRows.every(({ at, condition }) => !missesAll(columns[at] as HeldColumn, condition)),
      );
  }

  /** Places of the columns whose values decide which rows of a partition pass. */
  columnsLookedAt({ columns }: Partition): number[] {
    return this.ofRows
      .filter(({ at, condition }) => {
        const column = columns[at];
        return !(column?.kind === 'number' && includesAll(column, condition));
      })
      .map(({ at }) => at);
  }

  /** How many rows pass; the first so many of {@link rows} are theirs, in their order. */
  select({ rows, columns }: Partition): number {
    if (this.rows.length < rows) this.rows = new Int32Array(2 * rows);
    const found = this.rows;
    let count = rows;
    found.set(rowNumbers(rows).subarray(0, rows));
    for (const { at, condition, passing } of this.ofRows) {
      if (count === 0) break;
      const column = columns[at];
      // A rollup lacks what all of its rows pass.
      if (column === null) continue;
      if (column.kind === 'codes') count = this.withTexts(column, condition, passing, found, count);
      else if (column.kind === 'plain') count = withPlain(column, condition, found, count);
      else if (column.kind === 'money') count = withAmounts(column, condition, found, count);
      else if (!includesAll(column, condition)) count = withNumbers(column, condition, found, count);
    }
    return count;
  }

  private withTexts(
    { codes, dictionary }: CodeColumn,
    condition: Condition,
    passing: Uint8Array | null,
    rows: Int32Array,
    count: number,
  ): number {
    let kept = 0;
    if (passing !== null) {
      for (let i = 0; i < count; i++) if (passing[codes[rows[i]] + 1] === 1) rows[kept++] = rows[i];
      return kept;
    }
    const [text] = (condition as { values: ReadonlySet<string> }).values;
    const code = dictionary.find(text);
    for (let i = 0; i < count; i++) if (codes[rows[i]] === code) rows[kept++] = rows[i];
    return kept;
  }

  private passingCodes(at: number, condition: Condition): Uint8Array | null {
    const dictionary = this.held.dictionaries[at];
    if (dictionary === null || (condition.is === 'among' && condition.values.size === 1)) return null;
    const passing = new Uint8Array(dictionary.size + 1);
    if (condition.is === 'among')
      for (const text of condition.values) {
        const code = dictionary.find(text as string);
        if (code >= 0) passing[code + 1] = 1;
      }
    else
      dictionary.texts.forEach((text, code) => {
        if (meets(condition, text)) passing[code + 1] = 1;
      });
    return passing;
  }
}

/** Whether no value that the column may hold meets a condition; that none does may go unnoticed. */
function missesAll(column: HeldColumn, condition: Condition): boolean {
  if (
    column.kind !== 'number' ||
    column.hasOthers ||
    condition.is === 'among' ||
    condition.is === 'beginning'
  )
    return false;
  const value = condition.value as number;
  if (condition.is === 'atLeast') return column.most < value;
  if (condition.is === 'below') return column.least >= value;
  return condition.is === 'atMost' && column.least > value;
}

/** Whether every value that the column may hold meets a condition; that all do may go unnoticed. */
function includesAll(column: NumberColumn, condition: Condition): boolean {
  if (column.hasOthers || column.nulls !== null || condition.is === 'among' || condition.is === 'beginning')
    return false;
  const value = condition.value as number;
  if (condition.is === 'atLeast') return column.least >= value;
  if (condition.is === 'below') return column.most < value;
  return condition.is === 'atMost' && column.most <= value;
}

function withNumbers(
  column: NumberColumn | MoneyColumn,
  condition: Condition,
  rows: Int32Array,
  all: number,
): number {
  const { values } = column;
  const count = withValues(column.nulls, rows, all);
  let kept = 0;
  if (condition.is === 'among' || condition.is === 'beginning') {
    for (let i = 0; i < count; i++) if (meets(condition, values[rows[i]])) rows[kept++] = rows[i];
    return kept;
  }
  const value = Number(condition.value);
  // What is no number is more than any.
  if (condition.is === 'atLeast')
    for (let i = 0; i < count; i++) rows[values[rows[i]] < value ? kept : kept++] = rows[i];
  else if (condition.is === 'below')
    for (let i = 0; i < count; i++) rows[values[rows[i]] < value ? kept++ : kept] = rows[i];
  else if (condition.is === 'atMost')
    for (let i = 0; i < count; i++) rows[values[rows[i]] <= value ? kept++ : kept] = rows[i];
  else for (let i = 0; i < count; i++) rows[values[rows[i]] === value ? kept : kept++] = rows[i];
  return kept;
}

function withAmounts(column: MoneyColumn, condition: Condition, rows: Int32Array, all: number): number {
  if ('value' in condition && isSafe(Number(condition.value)))
    return withNumbers(column, condition, rows, all);
  const count = withValues(column.nulls, rows, all);
  let kept = 0;
  for (let i = 0; i < count; i++) if (meets(condition, column.amountAt(rows[i]))) rows[kept++] = rows[i];
  return kept;
}

function withPlain(column: PlainColumn, condition: Condition, rows: Int32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const text = column.valueAt(rows[i]);
    if (text !== null && meets(condition, text)) rows[kept++] = rows[i];
  }
  return kept;
}

function withValues(nulls: Uint8Array | null, rows: Int32Array, count: number): number {
  if (nulls === null) return count;
  let kept = 0;
  for (let i = 0; i < count; i++) if (nulls[rows[i]] === 0) rows[kept++] = rows[i];
  return kept;
}
