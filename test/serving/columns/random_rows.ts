/** Rows of the real tables with values that stores find hard. */
import fc from 'fast-check';
import type { Column } from '../../../schema/column';
import { DAY_MS, HOUR_MS } from '../../../schema/events';
import type { Table } from '../../../schema/table';
import type { AnyRow } from './column_blocks';

const DAYS = ['0001-01-01', '1969-12-31', '2026-01-31', '2026-02-01', '2026-02-02', '9999-12-31'];
const TEXTS = [
  ...['', 'a', 'A', 'ab', 'b', 'unknown', "o'neill", '"quoted"', 'ü', 'zz', 'early', 'open', 'drop'],
  // In the order of bytes, not in that of code units.
  ...['\u{1f600}', '\u{1f601}x', '\uE000', '\uFFFD', '\uFEFFmark', '\uD7FF', '\uFFFF', '\u{10000}'],
];
const AMOUNTS = [
  ...[0n, 1n, -1n, 10_000n, 123_400n, -99_999n, 9_007_199_254_740_991n, 9_007_199_254_740_992n],
  ...[9_007_199_254_740_993n, -9_007_199_254_740_993n, 10n ** 18n - 1n, 10n ** 18n - 2n, 1n - 10n ** 18n],
];

export const someText = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TEXTS) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 4 }).map((text) => text.replaceAll('\0', '')),
  },
);
export const someDay = fc.constantFrom(...DAYS);
export const someAmount = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...AMOUNTS) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 1_000_000n }) },
);
export const someCount = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(2 ** 31, 2 ** 40, -3));
export const someHour = fc
  .tuple(someDay, fc.integer({ min: 0, max: 23 }))
  .map(([day, hour]) => Date.parse(day) + hour * HOUR_MS);
export const someTime = fc.oneof(
  someHour,
  someHour.map((hour) => hour + 1234),
);
const someNumber = fc.constantFrom(0, 0.25, -1.5, 1e300, 3, Number.POSITIVE_INFINITY);

function someValue({ type, nullable }: Column): fc.Arbitrary<unknown> {
  const value: fc.Arbitrary<unknown> = {
    text: someText,
    json: someText.map((text) => JSON.stringify({ text })),
    timestamp: someTime,
    date: someDay,
    int64: someCount,
    money: someAmount,
    double: someNumber,
    boolean: fc.boolean(),
  }[type];
  return nullable ? fc.option(value, { freq: 3 }) : value;
}

/** A row whose times, if it has any in its key, are hours of its day. */
export function someRow(table: Table): fc.Arbitrary<AnyRow> {
  const columns = Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [name, someValue(column)]),
  );
  return fc
    .record({ row: fc.record(columns), hour: someHour, isOfDay: fc.boolean() })
    .map(({ row, hour, isOfDay }) => {
      const day = new Date(hour).toISOString().slice(0, 10);
      if ('window_date' in row)
        return { ...row, window_start: hour, window_end: hour + HOUR_MS, window_date: day };
      // Of most dead letters it is the day of their time; nothing goes by that.
      if ('event_date' in row && isOfDay)
        return { ...row, event_date: row.event_time === null ? null : dayOf(row.event_time as number) };
      return row;
    });
}

/** Rows with one of a key each; many of them usual ones, in every other case. */
export function someRows(table: Table, most: number): fc.Arbitrary<AnyRow[]> {
  const rows = (row: fc.Arbitrary<AnyRow>) =>
    fc.uniqueArray(row, { maxLength: most, selector: (each) => keyText(table, each), size: 'max' });
  return fc.oneof(rows(someRow(table)), rows(someRow(table).map((row) => usual(table, row))));
}

const USUAL_TEXTS = ['a', '\u{1f600}', '\uFFFD'];

/** The same row with one of three texts, and with amounts that are safe integers: rows of a day fall together, and so may their sums. */
function usual({ columns }: Table, row: AnyRow): AnyRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const { type } = columns[name];
      if (typeof value === 'bigint') return [name, value % 1000n];
      return [name, type === 'text' && value !== null ? USUAL_TEXTS[String(value).length % 3] : value];
    }),
  );
}

export function keyText({ key }: Table, row: AnyRow): string {
  return JSON.stringify(key.map((name) => row[name]));
}

function dayOf(time: number): string {
  return new Date(Math.floor(time / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}
