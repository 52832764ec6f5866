/** The rows of a partition that pass the filters of a selection: a condition at a time, over whole columns. */
import type { Filter } from '../questions/selection';
import { withAmounts, withCode, withCodes, withNumbers, withPlain } from './column_conditions';
import { type Condition, conditionsOf, meets } from './conditions';
import { NO_TEXT, UNKNOWN_TEXT } from './dictionary';
import type { HeldRows } from './held_rows';
import type { NumberColumn } from './number_column';
import type { HeldColumn, Partition } from './partition';
import { rowNumbers } from './row_numbers';

interface ColumnCondition {
  readonly at: number;
  readonly condition: Condition;
  /** The code of the one text that passes. */
  readonly code: number;
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
      .map((each) => ({
        ...each,
        code: this.oneCode(each.at, each.condition),
        passing: this.passingCodes(each.at, each.condition),
      }))
      // Texts leave the fewest rows to look at.
      .sort((a, b) => Number(b.code !== NO_TEXT) - Number(a.code !== NO_TEXT));
  }

  /** Those in which there may be rows that pass. */
  partitions(): Partition[] {
    const { held, ofDays, ofRows } = this;
    if (ofRows.some(({ code }) => code === UNKNOWN_TEXT)) return [];
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
    let isAll = true;
    for (const { at, condition, code, passing } of this.ofRows) {
      if (count === 0) break;
      const column = columns[at];
      // A rollup lacks what all of its rows pass.
      if (column === null || (column.kind === 'number' && includesAll(column, condition))) continue;
      if (isAll && column.kind !== 'codes') found.set(rowNumbers(rows).subarray(0, rows));
      if (column.kind === 'codes' && passing === null)
        count = withCode(column.codes, code, found, count, isAll);
      else if (column.kind === 'codes' && passing !== null)
        count = withCodes(column.codes, passing, found, count, isAll);
      else if (column.kind === 'plain') count = withPlain(column, condition, found, count);
      else if (column.kind === 'money') count = withAmounts(column, condition, found, count);
      else if (column.kind === 'number') count = withNumbers(column, condition, found, count);
      isAll = false;
    }
    if (isAll) found.set(rowNumbers(rows).subarray(0, rows));
    return count;
  }

  private oneCode(at: number, condition: Condition): number {
    const dictionary = this.held.dictionaries[at];
    if (dictionary === null || condition.is !== 'among' || condition.values.size !== 1) return NO_TEXT;
    const [text] = condition.values;
    return dictionary.find(text as string);
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
