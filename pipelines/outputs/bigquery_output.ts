import { type DatasetName, textOf } from '../../io/bigquery/dataset_name';
import { readLoading } from '../../io/bigquery/loading_progress';
import { type PreparedDataset, prepareOutput } from '../../io/bigquery/prepare_output';
import { publishedCounts, switchEnded } from '../../io/bigquery/published';
import { removeStaging } from '../../io/staging/staging_directory';
import { formatCount } from '../text';
import type { BatchOutput } from './batch_output';
import { bigqueryExample, readDatasetSummary } from './bigquery_summary';
import { makeTemporaryStaging } from './temporary_staging';

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
      staging = makeTemporaryStaging(text, runId);
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
    summary: (runId, run) => {
      if (prepared === undefined) throw new Error('the output has not been prepared');
      return readDatasetSummary(prepared.place, dataset, runId, run);
    },
    example: bigqueryExample(dataset),
    warmUp: () => {},
    close: async () => {
      if (staging !== undefined) removeStaging(staging);
      await prepared?.close();
    },
  };
}
