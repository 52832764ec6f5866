import { type DatasetName, qualified, textOf } from '../../io/bigquery/dataset_name';
import { type JobPlace, queryRows } from '../../io/bigquery/jobs';
import { outputError } from '../../io/bigquery/service_error';
import { type RunMeasures, type RunSummary, summaryOf } from '../summary';
import { exampleQuery } from './batch_output';

/** Reads the summary of a run from its dataset. @throws {InputError} where that can't be asked */
export async function readDatasetSummary(
  place: JobPlace,
  dataset: DatasetName,
  runId: string,
  run: RunMeasures,
): Promise<RunSummary> {
  try {
    return await summaryOf(
      {
        output: `bigquery:${textOf(dataset)}`,
        name: (table) => qualified(dataset, table),
        types: { whole: 'INT64', text: 'STRING' },
        document: (column) => `TO_JSON_STRING(${column})`,
        minute: (time) => `FORMAT_TIMESTAMP('%Y-%m-%d %H:%M', ${time})`,
        query: async (sql) => (await queryRows(place, sql)) as never,
      },
      runId,
      run,
    );
  } catch (error) {
    throw outputError(dataset, error, 'read');
  }
}

/** A command that reads a table of a dataset. */
export function bigqueryExample(dataset: DatasetName): string {
  return `bq query --use_legacy_sql=false '${exampleQuery(qualified(dataset, 'gold_funnel_daily_brand'))}'`;
}
