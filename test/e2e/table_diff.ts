/**
 * Compares tables row by row, by key: counts, money, times and texts exactly, doubles within 1e-9 of their size. Says in words what differs.
 */
import type { Column } from '../../schema/column';
import type { Table } from '../../schema/table';
import { TABLES } from '../../schema/tables';
import { compareUtf8 } from '../reference/duplicates';

export type TableRow = Readonly<Record<string, unknown>>;
/** Rows by table name. A table that is absent on the expected side is not compared. */
export type TableSet = Readonly<Record<string, readonly object[]>>;

export interface DiffOptions {
  /** Columns that are not compared, in whichever table they stand. The wording of a message is the product's own affair, so it is one by default. */
  readonly ignore?: readonly string[];
  /** Most lines per table. Default 10. */
  readonly limit?: number;
}

const RELATIVE = 1e-9;
/** For scores that are differences of nearly equal rates: what is left of two doubles that differ in their last digits. */
const ABSOLUTE = 1e-12;

/** One line per difference; empty if there is none. */
export function diffTables(
  expected: TableSet,
  actual: TableSet,
  { ignore = ['message'], limit = 10 }: DiffOptions = {},
): string[] {
  const lines: string[] = [];
  for (const table of TABLES) {
    if (!(table.name in expected)) continue;
    const found = actual[table.name];
    if (!found) {
      lines.push(`${table.name}: the table is missing`);
      continue;
    }
    const differences = diffRows(table, expected[table.name], found, ignore);
    lines.push(...differences.slice(0, limit));
    if (differences.length > limit) {
      lines.push(`${table.name}: … and ${differences.length - limit} more differences`);
    }
  }
  return lines;
}

/** Throws with the differences if there are any. */
export function expectSameTables(expected: TableSet, actual: TableSet, options: DiffOptions = {}): void {
  const lines = diffTables(expected, actual, options);
  if (lines.length > 0) throw new Error(`The tables differ:\n${lines.join('\n')}`);
}

function diffRows(
  table: Table,
  expected: readonly object[],
  actual: readonly object[],
  ignore: readonly string[],
): string[] {
  const names = Object.keys(table.columns).filter((name) => !ignore.includes(name));
  const key = table.key.filter((name) => !ignore.includes(name));
  const wanted = rowsByKey(expected, key, names);
  const found = rowsByKey(actual, key, names);
  const lines: string[] = [];
  if (expected.length !== actual.length) {
    lines.push(`${table.name}: expected ${expected.length} rows, found ${actual.length}`);
  }
  for (const id of [...new Set([...wanted.keys(), ...found.keys()])].sort(compareUtf8)) {
    const left = wanted.get(id) ?? [];
    const right = found.get(id) ?? [];
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      const where = `${table.name} ${id}`;
      if (index >= right.length) lines.push(`${where}: missing; expected ${show(left[index], names)}`);
      else if (index >= left.length) lines.push(`${where}: unexpected ${show(right[index], names)}`);
      else {
        const differing = names.filter(
          (name) => !same(table.columns[name], left[index][name], right[index][name]),
        );
        for (const name of differing) {
          lines.push(
            `${where}: ${name} expected ${text(left[index][name])}, found ${text(right[index][name])}`,
          );
        }
      }
    }
  }
  return lines;
}

/** Rows of one key are ordered by all they say: without its position, a dead letter shares its key with others. */
function rowsByKey(
  rows: readonly object[],
  key: readonly string[],
  names: readonly string[],
): Map<string, TableRow[]> {
  const byKey = new Map<string, TableRow[]>();
  for (const row of rows as readonly TableRow[]) {
    const id = `[${key.map((name) => text(row[name])).join(', ')}]`;
    const others = byKey.get(id);
    if (others) others.push(row);
    else byKey.set(id, [row]);
  }
  for (const others of byKey.values()) {
    if (others.length > 1) others.sort((a, b) => compareUtf8(show(a, names), show(b, names)));
  }
  return byKey;
}

function same({ type, nullable }: Column, expected: unknown, actual: unknown): boolean {
  if (expected === null || actual === null) return nullable && expected === actual;
  if (type === 'double') return close(expected as number, actual as number);
  if (type === 'json') {
    return JSON.stringify(JSON.parse(expected as string)) === JSON.stringify(JSON.parse(actual as string));
  }
  return expected === actual;
}

function close(a: number, b: number): boolean {
  const distance = Math.abs(a - b);
  return distance <= ABSOLUTE || distance <= RELATIVE * Math.max(Math.abs(a), Math.abs(b));
}

function show(row: TableRow, names: readonly string[]): string {
  return `{${names.map((name) => `${name}: ${text(row[name])}`).join(', ')}}`;
}

/** A value as a line shows it; money, the only bigint, in its ten-thousandths. */
function text(value: unknown): string {
  if (typeof value === 'bigint') return `${value}/10000`;
  if (typeof value === 'string') return JSON.stringify(value);
  return String(value);
}
