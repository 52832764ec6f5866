import * as fs from 'node:fs';
import { goldFunnelHourlyBrand } from '../../schema/tables';
import { InputError } from '../input_error';
import { withDuckdb } from './open';

/** One hour's brands, as a baseline takes them. */
export interface BaselineHour {
  readonly hour: number;
  readonly revision: number;
  readonly brands: { brand: string; views: number; purchases: number; revenue: string }[];
}

/**
 * The hours of a baseline file: a DuckDB file of an earlier run, or a Parquet or CSV file with the columns window_start, brand, views, purchases and revenue, as `--export` writes them.
 */
export async function readBaseline(file: string): Promise<BaselineHour[]> {
  if (!fs.existsSync(file))
    throw new InputError(
      `--baseline ${file}: no such file. Give run, or a .duckdb, .parquet or .csv file of hourly rows`,
    );
  const isDatabase = /\.(duckdb|db)$/i.test(file);
  const literal = `'${file.replaceAll("'", "''")}'`;
  const from = isDatabase
    ? goldFunnelHourlyBrand.name
    : /\.csv(\.gz)?$/i.test(file)
      ? `read_csv(${literal})`
      : `read_parquet(${literal})`;
  return withDuckdb(
    isDatabase ? file : ':memory:',
    isDatabase ? 'READ_ONLY' : 'READ_WRITE',
    async (connection) => {
      let rows: unknown[][];
      try {
        const result = await connection.runAndReadAll(
          `SELECT epoch_ms(window_start)::BIGINT, brand::VARCHAR, views::BIGINT, purchases::BIGINT, (revenue::DECIMAL(38,4) * 10000)::HUGEINT::VARCHAR
         FROM ${from} ORDER BY 1, 2`,
        );
        rows = result.getRows();
      } catch (error) {
        const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
        throw new InputError(
          `--baseline ${file}: cannot read hourly rows (${reason}). Needed are window_start, brand, views, purchases, revenue`,
        );
      }
      const hours = new Map<number, BaselineHour>();
      for (const [start, brand, views, purchases, revenue] of rows) {
        const hour = Number(start);
        const known = hours.get(hour) ?? { hour, revision: 0, brands: [] };
        known.brands.push({
          brand: String(brand),
          views: Number(views),
          purchases: Number(purchases),
          revenue: String(revenue),
        });
        hours.set(hour, known);
      }
      return [...hours.values()];
    },
  );
}
