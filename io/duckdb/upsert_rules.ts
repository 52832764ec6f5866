/**
 * Which of two rows of one key a stream's output keeps, as SQL. The order does not depend on when a row comes, so a flush that is repeated, and an older one after a newer one, change nothing.
 */
import type { Table } from '../../schema/table';
import { deadLetters, goldAnomaliesHourlyBrand, pipelineLedger } from '../../schema/tables';
import type { Stamp } from '../staging/stream_rows';

export interface UpsertRule {
  /** A number over the columns of a row, by which the largest of a flush's rows of one key is found. */
  readonly order: (row: string) => string;
  /** Whether a row that is `stored` stays though one of its key is `coming`. */
  readonly stays: (stored: string, coming: string, stamp: Stamp) => string;
  /** Whether a flush has many rows of each key. */
  readonly repeatsKeys: boolean;
}

const pane = (row: string): string => `list_position(['early', 'on_time', 'late'], ${row}.pane)`;

/** (revision, pane): a revision is below 2^53. */
const byRevision = (row: string): string => `(${row}.revision * 4 + ${pane(row)})`;

/** (revision, baseline_through, pane): between the years 1 and 9999 there are fewer than 2^49 milliseconds. */
const byVerdict = (row: string): string =>
  `(${row}.revision::HUGEINT * 2251799813685248 + coalesce(epoch_ms(${row}.baseline_through), 0) * 4 + ${pane(row)})`;

const GOLD: UpsertRule = {
  order: byRevision,
  stays: (stored, coming) => `${byRevision(stored)} >= ${byRevision(coming)}`,
  repeatsKeys: false,
};

const OTHERS: Readonly<Record<string, UpsertRule>> = {
  [goldAnomaliesHourlyBrand.name]: {
    order: byVerdict,
    stays: (stored, coming) => `${byVerdict(stored)} >= ${byVerdict(coming)}`,
    repeatsKeys: false,
  },
  /** A record that is read again is rejected again: the first row stays. */
  [deadLetters.name]: {
    order: (row) => `-epoch_ms(${row}.rejected_at)`,
    stays: () => 'true',
    repeatsKeys: false,
  },
  /**
   * Of the rows of one commit the fullest counts: all numbers only grow. A commit that a crash has cut off is done again under its number, with other records maybe, and the state goes on from that one; so an
   * equal number is accepted.
   */
  [pipelineLedger.name]: {
    order: (row) =>
      `(${row}."read" + ${row}.counted + ${row}.duplicates + ${row}.rejected + coalesce(${row}.late_dropped, 0) + ${row}.redriven)`,
    stays: (stored, _coming, { commit }) => `${stored}."commit" > ${commit}`,
    repeatsKeys: true,
  },
};

export function upsertRule(table: Table): UpsertRule {
  return OTHERS[table.name] ?? GOLD;
}

/** Whether a row counts no event, as isVoid in schema/tables.ts says it. */
export function isVoidSql(row: string): string {
  return `(${['views', 'carts', 'removals', 'purchases'].map((count) => `${row}.${count} = 0`).join(' AND ')})`;
}
