import * as os from 'node:os';
import * as path from 'node:path';
import { type DatasetName, qualified, textOf } from '../../io/bigquery/dataset_name';
import { queryRows } from '../../io/bigquery/jobs';
import { readLoading } from '../../io/bigquery/loading_progress';
import { type PreparedDataset, prepareOutput } from '../../io/bigquery/prepare_output';
import { publishedCounts, switchEnded } from '../../io/bigquery/published';
import { outputError } from '../../io/bigquery/service_error';
import { InputError, systemReason } from '../../io/input_error';
import { makeStaging, removeAbandoned, removeStaging } from '../../io/staging/staging_directory';
import { summaryOf } from '../summary';
import { formatCount } from '../text';
import { type BatchOutput, exampleQuery } from './batch_output';

/** A dataset of BigQuery; rows are staged in the system's directory for temporary files. */
export function bigqueryOutput(
  dataset: DatasetName,
  location: string | null,
  omit: readonly string[],
): BatchOutput {
  let prepared: PreparedDataset | undefined;
  let staging: string | undefined;
  const text = textOf(dataset);
  const name = `bigquery:${text}`;
  const isPublished = async (runId: string): Promise<boolean> => {
    if (prepared === undefined) return false;
    await switchEnded(prepared.place, runId);
    return (await publishedCounts(prepared.place, dataset, runId)) !== null;
  };
  return {
    name,
    prepare: async (runId, replace) => {
      staging = temporaryStaging(text, runId);
      prepared = await prepareOutput({ dataset, location, omit }, runId, replace);
      return staging;
    },
    publishing: (directory, run) => ({
      kind: 'bigquery',
      options: { dataset, location, staging: directory, omit, run },
    }),
    progress: (directory) => {
      const loading = readLoading(directory);
      if (loading === null) return null;
      return `loading into ${name}: ${formatCount(loading.loaded)} of ${formatCount(loading.rows)} rows`;
    },
    isPublished,
    summary: async (runId, run) => {
      if (prepared === undefined) throw new Error('the output has not been prepared');
      const { place } = prepared;
      try {
        return await summaryOf(
          {
            output: name,
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
        throw outputError(dataset, error);
      }
    },
    example: `bq query --use_legacy_sql=false '${exampleQuery(qualified(dataset, 'gold_funnel_daily_brand'))}'`,
    warmUp: () => {},
    close: async () => {
      if (staging !== undefined) removeStaging(staging);
      await prepared?.close();
    },
  };
}

function temporaryStaging(dataset: string, runId: string): string {
  const beside = path.join(os.tmpdir(), `funnelpulse-${dataset.replaceAll(/[^A-Za-z0-9.-]/g, '_')}`);
  try {
    removeAbandoned(beside);
    return makeStaging(beside, runId);
  } catch (error) {
    throw new InputError(
      `cannot stage rows in ${os.tmpdir()}: ${systemReason(error)}. Name another directory for temporary files in TMPDIR`,
    );
  }
}
