/** An output that another process has written, read for a moment. */
import type { DatasetName } from '../../io/bigquery/dataset_name';
import { ask } from '../../io/duckdb/ask';
import { lastRun } from '../../io/duckdb/inspect_output';
import { withDuckdb } from '../../io/duckdb/open';
import { whenUnlocked } from '../../io/duckdb/when_unlocked';
import { InputError } from '../../io/input_error';
import { latestRun } from '../../serving/questions/run_list';
import { DUCKDB_QUESTIONS, type Store, sqlStore } from '../../serving/questions/store';
import { duckdbFile } from '../duckdb_file';
import { bigqueryDataset } from '../outputs/bigquery_dataset';

/**
 * Asks what `--from duckdb:FILE` or `bigquery:PROJECT.DATASET` names; a file as of one moment, for which it waits where a run writes to it.
 *
 * @throws {InputError} where it names neither, it can't be read, or no run has written to it
 */
export async function readOutput<T>(from: string, questions: (store: Store) => Promise<T>): Promise<T> {
  const dataset = bigqueryDataset('from', from);
  if (dataset !== null) return readDataset(from, dataset, questions);
  const file = duckdbFile('from', from);
  return whenUnlocked(() =>
    withDuckdb(file, 'READ_ONLY', async (connection) => {
      await lastRun(connection, file);
      return questions(sqlStore(DUCKDB_QUESTIONS, (question) => ask(connection, question)));
    }),
  );
}

async function readDataset<T>(
  from: string,
  dataset: DatasetName,
  questions: (store: Store) => Promise<T>,
): Promise<T> {
  // Google's client takes a while to load.
  const { BigqueryServed } = require('./bigquery_served') as typeof import('./bigquery_served');
  const served = new BigqueryServed(from, dataset);
  try {
    return await served.read(async (store) => {
      if ((await latestRun(store)) === null)
        throw new InputError(
          `cannot read ${from}: no run has written to it yet. Write to it first: funnelpulse run --output ${from}`,
        );
      return questions(store);
    });
  } finally {
    await served.close();
  }
}
