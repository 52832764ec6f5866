/** The tables of a DuckDB file as texts, one a row: equal texts are equal to the last bit of a double and the last byte of a text. */
import { type DuckDBBlobValue, DuckDBInstance } from '@duckdb/node-api';
import { quote } from '../../schema/duckdb';
import type { Table } from '../../schema/table';
import { TABLES } from '../../schema/tables';

/** Rows by table, in the order of the key and, where that is not all, of the rest; a table that the file lacks is not there. `ignore`: columns that are left out. */
export async function tableTexts(
  file: string,
  ignore: readonly string[] = [],
): Promise<Record<string, string[]>> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY', threads: '1' });
  const connection = await instance.connect();
  try {
    const present = (await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()'))
      .getRows()
      .flat();
    const texts: Record<string, string[]> = {};
    for (const table of TABLES.filter(({ name }) => present.includes(name))) {
      const rows = (await connection.runAndReadAll(selectTexts(table, ignore))).getRows();
      texts[table.name] = rows.map((values) => JSON.stringify(values.map(textOf)));
    }
    return texts;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function selectTexts(table: Table, ignore: readonly string[]): string {
  const columns = Object.keys(table.columns).filter((name) => !ignore.includes(name));
  const key = table.key.filter((name) => !ignore.includes(name));
  const others = columns.filter((name) => !key.includes(name));
  // Encoded, since the driver's decoder takes a byte order mark off a text.
  const texts = columns.map((name) => `encode(${quote(name)}::VARCHAR)`);
  return `SELECT ${texts.join(', ')} FROM ${quote(table.name)} ORDER BY ${[...key, ...others].map(quote).join(', ')}`;
}

function textOf(value: unknown): string | null {
  return value === null ? null : Buffer.from((value as DuckDBBlobValue).bytes).toString('utf8');
}
