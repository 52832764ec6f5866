/** Staged rows as lines of JSON: what comes out is what went in, for every type, and what is too large is said to be. */
import fc from 'fast-check';
import { jsonRows, LARGEST_ROW } from '../../../io/bigquery/json_rows';
import { BlockWriter } from '../../../io/staging/block_writer';
import { type Column, type ColumnType, nullable, required } from '../../../schema/column';
import { HOUR_MS, LAST_TIME } from '../../../schema/events';
import type { Table } from '../../../schema/table';
import { deadLetters, goldFunnelDailyBrand, TABLES } from '../../../schema/tables';

type Values = Record<string, unknown>;

function blocksOf(table: Table, rows: readonly Values[]): Uint8Array {
  const writer = new BlockWriter(table);
  const blocks: Uint8Array[] = [];
  for (let next = writer.append(rows, 0); ; next = writer.append(rows, next)) {
    blocks.push(writer.take());
    if (next === rows.length) break;
  }
  return new Uint8Array(Buffer.concat(blocks));
}

function linesOf(table: Table, rows: readonly Values[], largest?: number): Values[] {
  const text = Buffer.concat([...jsonRows(table, blocksOf(table, rows), largest)]).toString('utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const VALUES: Record<ColumnType, fc.Arbitrary<unknown>> = {
  text: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('', '"', '\\', '\n', '\0', '\ufeffa', '\u2028', '😀', 'null', '1e3'),
  ),
  json: fc.json(),
  timestamp: fc.integer({
    min: Date.parse('0001-01-01T00:00:00Z'),
    max: Date.parse('9999-12-31T23:59:59.999Z'),
  }),
  date: fc
    .integer({ min: -719_162, max: 2_932_896 })
    .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
  int64: fc.maxSafeInteger(),
  money: fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }),
  boolean: fc.boolean(),
};

/** What a line says of a column → the value in code. */
const READ: Record<ColumnType, (value: unknown) => unknown> = {
  text: (value) => value,
  json: (value) => JSON.stringify(value),
  timestamp: (value) => Date.parse(String(value)),
  date: (value) => value,
  int64: (value) => Number(value),
  money: (value) => BigInt(String(value).replace('.', '')),
  double: (value) => value,
  boolean: (value) => value,
};

const rowOf = (table: Table): fc.Arbitrary<Values> =>
  fc.record(
    Object.fromEntries(
      Object.entries<Column>(table.columns).map(([name, { type, nullable }]) => [
        name,
        nullable ? fc.option(VALUES[type], { nil: null }) : VALUES[type],
      ]),
    ),
  );

test.each(TABLES.map((table) => [table.name, table as Table]))('every row of %s comes back', (_, table) => {
  fc.assert(
    fc.property(fc.array(rowOf(table), { minLength: 1, maxLength: 12 }), (rows) => {
      const columns = Object.entries<Column>(table.columns);
      const read = linesOf(table, rows).map((line) =>
        Object.fromEntries(
          columns.map(([name, { type }]) => [name, name in line ? READ[type](line[name]) : null]),
        ),
      );
      const expected = rows.map((row) => ({
        ...row,
        ...Object.fromEntries(
          columns
            .filter(([name, { type }]) => type === 'json' && row[name] !== null)
            .map(([name]) => [name, JSON.stringify(JSON.parse(String(row[name])))]),
        ),
      }));
      expect(read).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('an hour that ends behind BigQuery’s last time ends with it', () => {
  const ends = [LAST_TIME - HOUR_MS, LAST_TIME, LAST_TIME + 1, LAST_TIME + HOUR_MS];
  const table: Table = {
    ...{ name: 'ends', description: '', key: [] },
    columns: { start: required('timestamp', ''), end: nullable('timestamp', '') },
  };
  const rows = ends.map((end) => ({ start: -end, end }));
  expect(linesOf(table, [...rows, { start: 0, end: null }])).toEqual([
    ...rows.map(({ start, end }) => ({
      start: new Date(start).toISOString(),
      end: new Date(Math.min(end, LAST_TIME)).toISOString(),
    })),
    { start: '1970-01-01T00:00:00.000Z' },
  ]);
});

test('a document with line ends stays one line', () => {
  const [line] = linesOf(deadLetters, [letter('x', { columns: '[\n"a",\r\n"b"]' })]);
  expect(line.columns).toEqual(['a', 'b']);
});

const letter = (payload: string, more: Values = {}): Values => ({
  ...{
    rejected_at: 0,
    stage: 'parse',
    reason: 'malformed_row',
    message: 'broken',
    source: 'a.csv',
    position: '7',
  },
  ...{
    line: 1,
    payload,
    payload_encoding: 'utf8',
    event_time: null,
    event_date: null,
    columns: null,
    ...more,
  },
});

describe('a row over the limit', () => {
  const LIMIT = 2000;

  test('of exactly the limit is whole; one byte more, and the payload is cut and the message says so', () => {
    const [{ length }] = [...jsonRows(deadLetters, blocksOf(deadLetters, [letter('')]))];
    const fits = 'x'.repeat(LIMIT - length);
    expect(linesOf(deadLetters, [letter(fits)], LIMIT)[0]).toMatchObject({
      payload: fits,
      message: 'broken',
    });
    const [cut] = linesOf(deadLetters, [letter(`${fits}x`)], LIMIT);
    expect(fits.startsWith(cut.payload as string)).toBe(true);
    expect(cut.message).toBe(
      `broken [payload cut to its first ${(cut.payload as string).length} of ${fits.length + 1} bytes: the row was too large for BigQuery]`,
    );
    expect((cut.payload as string).length).toBeGreaterThan(fits.length - 300);
  });

  test('is below it afterwards, whatever its characters, and no character is cut in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1500, maxLength: 4000 }), (payload) => {
        const [line] = [...jsonRows(deadLetters, blocksOf(deadLetters, [letter(payload)]), LIMIT)];
        expect(line.length).toBeLessThanOrEqual(LIMIT);
        const kept = (JSON.parse(line.toString('utf8')) as { payload: string }).payload;
        expect(payload.startsWith(kept)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('keeps whole groups of base64', () => {
    const payload = Buffer.alloc(3000, 200).toString('base64');
    const [cut] = linesOf(deadLetters, [letter(payload, { payload_encoding: 'base64' })], LIMIT);
    expect((cut.payload as string).length % 4).toBe(0);
    expect((cut.payload as string).length).toBeGreaterThan(1000);
  });

  test('that is no dead letter is refused with the table’s name', () => {
    const row = {
      ...{
        date: '2026-01-01',
        brand: 'b'.repeat(3000),
        views: 1,
        carts: 0,
        removals: 0,
        purchases: 0,
        revenue: 0n,
      },
      ...{ view_to_cart_rate: 0, cart_to_purchase_rate: null, conversion_rate: 0 },
      ...{ pane: 'on_time', revision: 1, computed_at: 0 },
    };
    expect(() => linesOf(goldFunnelDailyBrand, [row], LIMIT)).toThrow(
      /^a row of gold_funnel_daily_brand takes \d+ bytes, and BigQuery takes no more than 2000/,
    );
  });

  test('the limit is that of load jobs: what is over 10 MiB goes whole', () => {
    const payload = 'é'.repeat(6 << 20);
    expect(Buffer.byteLength(payload)).toBeGreaterThan(10 << 20);
    expect(LARGEST_ROW).toBeLessThanOrEqual(100_000_000);
    expect(linesOf(deadLetters, [letter(payload)])[0]).toMatchObject({ message: 'broken', payload });
  });
});
