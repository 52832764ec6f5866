/** Columns out of the driver's memory are what the exact and slow way finds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { ask } from '../../../io/duckdb/ask';
import { type ColumnSource, columnSource, readColumns, readFewRows } from '../../../io/duckdb/read_columns';
import { VectorTexts } from '../../../io/duckdb/vector_texts';
import { nullable, required } from '../../../schema/column';
import type { ColumnBlock } from '../../../schema/column_block';
import { duckdbCreateTable } from '../../../schema/duckdb';
import { table } from '../../../schema/table';
import { rowsOf } from './block_rows';

/** Every type, with and without nulls. */
const everything = table({
  name: 'everything',
  description: 'Every type',
  columns: {
    name: required('text', ''),
    note: nullable('text', ''),
    document: nullable('json', ''),
    at: required('timestamp', ''),
    until: nullable('timestamp', ''),
    day: required('date', ''),
    last_day: nullable('date', ''),
    count: required('int64', ''),
    other_count: nullable('int64', ''),
    rate: required('double', ''),
    other_rate: nullable('double', ''),
    revenue: required('money', ''),
    at_risk: nullable('money', ''),
    is_so: required('boolean', ''),
    is_other: nullable('boolean', ''),
  },
  key: ['name'],
});
const NAMES = Object.keys(everything.columns);

const HEX = (text: string): string => `decode(unhex('${Buffer.from(text).toString('hex')}'))`;
const FIRST_MICROS = BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1000n;
const LAST_MICROS = BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * 1000n + 999n;
const MOST_MONEY = 10n ** 18n - 1n;

const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('', '\uFEFF', '\uFEFFbrand', '\uFFFD', '\uE000', '😀', 'twelve bytes', 'thirteen byte'),
    fc.constantFrom('a text that lies elsewhere, not in its vector', '\0', '\uFEFFé'.repeat(9)),
  )
  .map(HEX);
const time = fc
  .oneof(
    fc.bigInt({ min: FIRST_MICROS, max: LAST_MICROS }),
    fc.constantFrom(
      FIRST_MICROS,
      LAST_MICROS,
      -1n,
      0n,
      -999n,
      -1000n,
      2n ** 52n - 1n,
      2n ** 52n,
      -(2n ** 52n),
    ),
    // Where quotients of doubles are next to a whole number.
    fc.bigInt({ min: 0n, max: 2n ** 47n }).map((milliseconds) => milliseconds * 1000n - 1n),
  )
  .map((micros) => `make_timestamp((${micros})::BIGINT)`);
const day = fc
  .oneof(fc.integer({ min: -719_162, max: 2_932_896 }), fc.constantFrom(-719_162, -1, 0, 2_932_896))
  .map((days) => `(DATE '1970-01-01' + (${days})::INTEGER)`);
const count = fc
  .oneof(
    fc.maxSafeInteger(),
    fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32),
  )
  .map((value) => `(${value})::BIGINT`);
const rate = fc.double().map((value) => `'${Object.is(value, -0) ? '-0' : value}'::DOUBLE`);
const money = fc
  .oneof(fc.bigInt({ min: -MOST_MONEY, max: MOST_MONEY }), fc.constantFrom(0n, -1n, MOST_MONEY, -MOST_MONEY))
  .map((value) => {
    const digits = String(value < 0n ? -value : value).padStart(5, '0');
    return `'${value < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}'::DECIMAL(18,4)`;
  });
const flag = fc.boolean().map(String);
const or = (literals: fc.Arbitrary<string>) => fc.option(literals, { nil: 'NULL', freq: 2 });
const json = fc.json({ maxDepth: 1 }).map((value) => `${HEX(value)}::JSON`);
const row = fc
  .tuple(
    ...[text, or(text), or(json), time, or(time), day, or(day), count, or(count)],
    ...[rate, or(rate), money, or(money), flag, or(flag)],
  )
  .map((literals) => `(${literals.join(', ')})`);

let database: DuckDBInstance;
let connection: DuckDBConnection;
beforeEach(async () => {
  database = await DuckDBInstance.create(':memory:');
  connection = await database.connect();
});
afterEach(() => {
  connection.closeSync();
  database.closeSync();
});

async function taken(blocks: AsyncIterable<ColumnBlock>): Promise<ColumnBlock[]> {
  const all = [];
  for await (const block of blocks) all.push(block);
  return all;
}

/** Equal to the last bit; jest's own comparison, which explains, takes a minute for as many rows. */
function expectSame(found: readonly unknown[], expected: readonly unknown[]): void {
  const at = expected.findIndex((value, index) => !isDeepStrictEqual(found[index], value));
  expect([found.length, found[at]]).toEqual([expected.length, expected[at]]);
}

/** What ask() finds, in the same order. */
function asked({ columns, from }: ColumnSource): Promise<Record<string, unknown>[]> {
  return ask(connection, { sql: `FROM ${from}`, parameters: {}, columns }) as never;
}

test('any rows, at once and in blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 12 }),
      fc.constantFrom(1, 3, 300),
      fc.shuffledSubarray(NAMES, { minLength: 1 }),
      async (rows, copies, names) => {
        await connection.run(`DROP TABLE IF EXISTS everything; ${duckdbCreateTable(everything)}`);
        if (rows.length > 0) {
          await connection.run(`CREATE OR REPLACE TABLE given AS FROM everything LIMIT 0`);
          await connection.run(`INSERT INTO given VALUES ${rows.join(', ')}`);
          await connection.run(`INSERT INTO everything SELECT given.* FROM range(${copies}), given`);
        }
        const source = columnSource(everything, names);
        const expected = await asked(source);
        expect(expected).toHaveLength(rows.length * copies);
        expectSame(rowsOf(await taken(readColumns(connection, source)), source.columns), expected);
        expectSame(rowsOf(await readFewRows(connection, source), source.columns), expected);
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
});

test('rows of a file whose texts are packed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-columns-'));
  try {
    await connection.run(`ATTACH '${join(folder, 'packed.duckdb')}' AS packed`);
    await connection.run(
      "CREATE TABLE packed.brands AS SELECT 'brand ' || i % 31 || repeat(' of a long name', i % 3) AS name, CASE WHEN i % 7 = 0 THEN NULL ELSE i END AS n FROM range(20_000) t(i)",
    );
    await connection.run('CHECKPOINT packed; DETACH packed');
    await connection.run(`ATTACH '${join(folder, 'packed.duckdb')}' AS packed`);
    const columns = { name: required('text', ''), n: nullable('int64', '') };
    const source = { columns, from: 'packed.brands' };
    const blocks = await taken(readColumns(connection, source));
    expect(blocks.length).toBeGreaterThan(9);
    expectSame(rowsOf(blocks, columns), await asked(source));
  } finally {
    await connection.run('DETACH packed');
    rmSync(folder, { recursive: true });
  }
});

test('long texts that differ in nothing but what lies elsewhere, one after the other in the same place', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const columns = { name: required('text', '') };
  const texts = new VectorTexts();
  for (let round = 100; round < 120; round++) {
    const from = `(SELECT 'the same beginning ' || (range + ${round * 1000}) AS name FROM range(900))`;
    const [block] = await readFewRows(connection, { columns, from }, texts);
    expect(block.columns.name.values).toEqual(
      Array.from({ length: 900 }, (_, row) => `the same beginning ${round * 1000 + row}`),
    );
    // So that the memory can be taken again.
    collect();
    await delay(1);
  }
});

test('what the source says: other names, other types, no rows', async () => {
  const columns = { n: required('int64', ''), name: required('text', '') };
  const from = "(SELECT (range * 2)::UTINYINT AS n, 'x'::BLOB AS name FROM range(3))";
  const [block] = await readFewRows(connection, { columns, from });
  expect(block.columns.n.values).toEqual(Float64Array.of(0, 2, 4));
  expect(block.columns.name.values).toEqual(['x', 'x', 'x']);
  const none = { columns, from: `${from} WHERE n > 99` };
  expect(await taken(readColumns(connection, none))).toEqual([]);
  expect(await readFewRows(connection, none)).toEqual([]);
});

test('a block is the reader’s own: it stays as it is', async () => {
  const columns = { n: required('int64', ''), at: required('timestamp', ''), part: required('double', '') };
  const from =
    '(SELECT range AS n, make_timestamp(range * 1000) AS at, range::DOUBLE AS part FROM range(9000))';
  const blocks = await taken(readColumns(connection, { columns, from }));
  const numbers = blocks.flatMap((block) => Object.values(block.columns).map(({ values }) => [...values]));
  let n = 0;
  for (const [index, values] of numbers.entries()) {
    expect(values).toEqual(values.map((_, row) => n + row));
    if (index % 3 === 2) n += values.length;
  }
  expect(n).toBe(9000);
});

test('who stops early can go on with the connection', async () => {
  const source = { columns: { n: required('int64', '') }, from: '(SELECT range AS n FROM range(100_000))' };
  for await (const block of readColumns(connection, source)) {
    expect(block.columns.n.values[1]).toBe(1);
    break;
  }
  const [{ rows }] = await readFewRows(connection, { ...source, from: '(SELECT 7 AS n)' });
  expect(rows).toBe(1);
});

test('a column that the table has not is a defect', () => {
  expect(() => columnSource(everything, ['name', 'price'])).toThrow('everything has no column price');
});
