/**
 * Which of two rows of one key a stream's BigQuery tables keep: the order of io/duckdb/upsert_rules.ts, as sequence numbers. docs/bigquery-streaming.md says how one becomes the other; the tests hold both
 * against each other.
 */
import type { Table } from '../../../schema/table';
import { deadLetters, goldAnomaliesHourlyBrand, pipelineLedger, runs } from '../../../schema/tables';
import type { Block, BlockColumn } from '../../staging/block_reader';
import { type Stamp, type StreamRows, streamRows } from '../../staging/stream_rows';
import { columnOf, isNull, millisecondsOf, numbersOf, textsOf } from './block_values';
import { sequenceNumber } from './sequence_number';

/** A section's value of a row: a whole number from 0 on, below 2^53. */
type Section = (row: number) => number;

type ColumnNamed = (name: string) => BlockColumn;

interface SequenceRule extends StreamRows {
  readonly sections: (column: ColumnNamed, stamp: Stamp) => readonly Section[];
}

/** Beyond every time in milliseconds; with it times before 1970 become positive, and an inverted time stays so. */
const MOST_MS = 2 ** 48;
/** The year 1 is 6.2 × 10^13 ms before 1970. */
const OFFSET_MS = 2 ** 46;

const PANES = ['early', 'on_time', 'late'];
const COUNTS = ['views', 'carts', 'removals', 'purchases'];

/** Of what is equal in all else, the first one stays. */
const firstOf = (time: number): number => MOST_MS - 1 - time;

const revision = (column: ColumnNamed): Section => numbersOf(column('revision'));

const pane = (column: ColumnNamed): Section => {
  const text = textsOf(column('pane'));
  return (row) => PANES.indexOf(text(row)) + 1;
};

const GOLD: SequenceRule['sections'] = (column, { time }) => [
  revision(column),
  pane(column),
  () => firstOf(time),
];

const VERDICT: SequenceRule['sections'] = (column, { time }) => {
  const through = column('baseline_through');
  const milliseconds = millisecondsOf(through);
  return [
    revision(column),
    (row) => OFFSET_MS + (isNull(through, row) ? 0 : milliseconds(row)),
    pane(column),
    () => firstOf(time),
  ];
};

/** The first flush that holds the record, and in it the first time it was rejected. */
const FIRST: SequenceRule['sections'] = (column, { time }) => {
  const rejectedAt = millisecondsOf(column('rejected_at'));
  return [() => firstOf(time), (row) => firstOf(rejectedAt(row))];
};

/** A commit that is done again has the same number and a later time; of the rows of one flush the fullest counts. */
const FULLEST: SequenceRule['sections'] = (column, { commit, time }) => {
  const parts = ['read', 'counted', 'duplicates', 'rejected', 'late_dropped', 'redriven'].map((name) =>
    numbersOf(column(name)),
  );
  return [() => commit, () => time, (row) => parts.reduce((sum, part) => sum + part(row), 0)];
};

/** What is said last of a run. */
const LATEST: SequenceRule['sections'] = (_column, { commit, time }) => [() => time, () => commit];

const SECTIONS: Readonly<Record<string, SequenceRule['sections']>> = {
  [goldAnomaliesHourlyBrand.name]: VERDICT,
  [deadLetters.name]: FIRST,
  [pipelineLedger.name]: FULLEST,
};

export function sequenceRule(table: Table): SequenceRule {
  if (table.name === runs.name) return { sections: LATEST, removesVoid: false, stamped: {} };
  return { sections: SECTIONS[table.name] ?? GOLD, ...streamRows(table) };
}

/** The sequence numbers of a block's rows. */
export function sequenceNumbers(table: Table, block: Block, stamp: Stamp): (row: number) => string {
  const sections = sequenceRule(table).sections((name) => columnOf(table, block, name), stamp);
  return (row) => sequenceNumber(sections.map((section) => section(row)));
}

/** Which of a block's rows remove the row of their key. */
export function removals(table: Table, block: Block): (row: number) => boolean {
  if (!sequenceRule(table).removesVoid) return () => false;
  const counts = COUNTS.map((name) => numbersOf(columnOf(table, block, name)));
  return (row) => counts.every((count) => count(row) === 0);
}
