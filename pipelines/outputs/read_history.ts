import { readHistory as readFile } from '../../io/duckdb/read_baseline';
import { InputError } from '../../io/input_error';
import type { HistoryHour } from '../../transforms/baseline/baseline_fn';
import { duckdbFile } from '../duckdb_file';
import { bigqueryDataset } from './bigquery_dataset';

/**
 * The hours of `--history duckdb:FILE` or `bigquery:PROJECT.DATASET`: those of an earlier run's brands with at least `minViews` views.
 *
 * @throws {InputError} where it is neither, or can't be read
 */
export async function readHistory(history: string, minViews: number): Promise<readonly HistoryHour[]> {
  const dataset = bigqueryDataset('history', history);
  if (dataset === null) return readFile(duckdbFile('history', history), minViews);
  const { readHours } =
    require('../../io/bigquery/read_hours') as typeof import('../../io/bigquery/read_hours');
  const hours = await readHours(dataset, minViews);
  if (hours === null)
    throw new InputError(
      `--history ${history}: there are no hourly rows. Name the output of an earlier run, or leave --history out`,
    );
  return hours;
}
