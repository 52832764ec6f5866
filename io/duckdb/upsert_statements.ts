/** The statements that bring the rows of a flush, which a temporary table holds as they were logged, into the table they are for. */
import { quote } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import { type Stamp, streamRows } from '../staging/stream_rows';
import { streamTombstones } from './stream_tables';
import { timestampSql } from './timestamp_sql';
import { isVoidSql, upsertRule } from './upsert_rules';

const TOMBSTONES = quote(streamTombstones.name);

/** How long a tombstone outlives its window's expiry. */
const KEPT = 'INTERVAL 2 DAY';

export function incomingName(table: Table): string {
  return `incoming_${table.name}`;
}

/** An empty temporary table with the columns of `table`. */
export function createIncoming(table: Table): string {
  return `CREATE TEMP TABLE ${quote(incomingName(table))} AS FROM ${quote(table.name)} LIMIT 0`;
}

/** Number of incoming rows that remove others. */
export function countVoid(table: Table): string {
  return streamRows(table).removesVoid
    ? `(SELECT count(*) FROM ${quote(incomingName(table))} i WHERE ${isVoidSql('i')})`
    : '0';
}

/**
 * Incoming rows beyond which they are grouped by key: that takes DuckDB some 20 ms whatever their number, while comparing them in pairs could take long where one key has thousands. In the ledger
 * every key has as many as there were panes.
 */
const MANY = 10_000;
const MANY_REPEATED = 500;

/** Leaves the largest of the `rows` incoming rows for each key. */
export function keepLargest(table: Table, rows: number): string {
  const { order, repeatsKeys } = upsertRule(table);
  const incoming = quote(incomingName(table));
  if (rows > (repeatsKeys ? MANY_REPEATED : MANY)) {
    const key = table.key.map(quote).join(', ');
    return `DELETE FROM ${incoming} WHERE rowid NOT IN (SELECT arg_max(i.rowid, ${order('i')}) FROM ${incoming} i GROUP BY ${key})`;
  }
  const [one, other] = [order('i'), order('j')];
  return `DELETE FROM ${incoming} i USING ${incoming} j WHERE ${sameKey(table, 'i', 'j')} AND (${one} < ${other} OR ${one} = ${other} AND i.rowid > j.rowid)`;
}

/** Takes away the incoming rows that tombstones keep out, and then the tombstones of which newer rows have come. */
export function heedTombstones(table: Table): string[] {
  const { order } = upsertRule(table);
  const incoming = quote(incomingName(table));
  return [
    `DELETE FROM ${incoming} i USING ${TOMBSTONES} s WHERE ${sameTombstone(table, 's', 'i')} AND ${order('s')} >= ${order('i')}`,
    `DELETE FROM ${TOMBSTONES} s USING ${incoming} i WHERE ${sameTombstone(table, 's', 'i')}`,
  ];
}

/** Takes away the incoming rows that are not newer than what the table has, and from the table those of which newer ones have come. */
export function replaceOlder(table: Table, stamp: Stamp): string[] {
  const [name, incoming] = [quote(table.name), quote(incomingName(table))];
  const same = sameKey(table, 't', 'i');
  return [
    `DELETE FROM ${incoming} i USING ${name} t WHERE ${same} AND ${upsertRule(table).stays('t', 'i', stamp)}`,
    `DELETE FROM ${name} t USING ${incoming} i WHERE ${same}`,
  ];
}

/** A tombstone for each of the incoming rows that remain and are void. */
export function addTombstones(table: Table, lateness: number): string {
  return `INSERT INTO ${TOMBSTONES} SELECT ${tombstone(table, lateness)} FROM ${quote(incomingName(table))} i WHERE ${isVoidSql('i')}`;
}

/** The incoming rows that remain → the table. */
export function insertIncoming(table: Table, stamp: Stamp): string {
  const kept = streamRows(table).removesVoid ? ` WHERE NOT ${isVoidSql('i')}` : '';
  return `INSERT INTO ${quote(table.name)} ${stampedIncoming(table, stamp)}${kept}`;
}

/** The incoming rows that remain, as the table gets them, void ones among them. */
export function stampedIncoming(table: Table, stamp: Stamp): string {
  return `SELECT ${stampedColumns(table, stamp)} FROM ${quote(incomingName(table))} i`;
}

/** The same, and in a column of the name `mark` whether a row is void. */
export function incomingWithVoids(table: Table, stamp: Stamp, mark: string): string {
  return `SELECT ${stampedColumns(table, stamp)}, ${isVoidSql('i')} AS ${quote(mark)} FROM ${quote(incomingName(table))} i`;
}

function stampedColumns(table: Table, stamp: Stamp): string {
  const values = { time: timestampSql(Math.trunc(stamp.time)), commit: `${stamp.commit}::BIGINT` };
  const stamps = Object.entries(streamRows(table).stamped).map(
    ([column, what]) => `${values[what]} AS ${quote(column)}`,
  );
  return stamps.length === 0 ? '*' : `* REPLACE (${stamps.join(', ')})`;
}

function sameKey(table: Table, a: string, b: string): string {
  return table.key.map((column) => `${a}.${quote(column)} = ${b}.${quote(column)}`).join(' AND ');
}

/** Every gold table has a time and a name as its key. */
function sameTombstone(table: Table, tombstone: string, row: string): string {
  const [start, dimension] = table.key.map((column) => `${row}.${quote(column)}`);
  return `${tombstone}.table_name = '${table.name}' AND ${tombstone}.start = ${start} AND ${tombstone}.dimension = ${dimension}`;
}

function tombstone(table: Table, lateness: number): string {
  const closed = table.closedAt;
  if (closed === undefined || table.key.length !== 2) throw new Error(`${table.name} can have no tombstones`);
  const [start, dimension] = table.key.map((column) => `i.${quote(column)}`);
  const end = `i.${quote(closed.column)}::TIMESTAMP + INTERVAL ${closed.addDays} DAY`;
  return `'${table.name}', ${start}, ${dimension}, i.revision, i.pane, ${end} + ${lateness} * INTERVAL 1 MILLISECOND + ${KEPT}`;
}
