/** Runs funnel.sql over a CSV file and reads its tables in the row shapes of schema/tables.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { quote } from '../../../schema/duckdb';
import type { Table } from '../../../schema/table';
import {
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyBrand,
  goldFunnelHourlyPriceBand,
  pipelineLedger,
} from '../../../schema/tables';
import { plain, readRows } from '../../e2e/read_tables';
import type { TableRow } from '../../e2e/table_diff';

/** The tables that the SQL computes: all but dead letters and silver. */
export const SQL_TABLES: readonly Table[] = [
  goldFunnelHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyPriceBand,
  goldAnomaliesHourlyBrand,
  pipelineLedger,
];

/** The tables of the well-formed CSV file at `path`, with default options and 2026-01-01 as the run's start. */
export async function sqlTables(path: string): Promise<Record<string, TableRow[]>> {
  const script = readFileSync(join(__dirname, 'funnel.sql'), 'utf8');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`SET VARIABLE events = '${path.replaceAll("'", "''")}'`);
    await connection.run(script);
    const tables: Record<string, TableRow[]> = {};
    for (const { name, columns } of SQL_TABLES) {
      const fields = Object.entries(columns).map(([column, spec]) => plain(quote(column), spec));
      tables[name] = await readRows(connection, `SELECT ${fields.join(', ')} FROM ${name}`, columns);
    }
    return tables;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
