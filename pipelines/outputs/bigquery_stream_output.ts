import { type DatasetName, textOf } from '../../io/bigquery/dataset_name';
import { readHours } from '../../io/bigquery/read_hours';
import { BigqueryStream } from '../../io/bigquery/stream/bigquery_stream';
import { removeStaging, stagingOf } from '../../io/staging/staging_directory';
import { BigqueryServed } from '../serving/bigquery_served';
import { bigqueryExample, readDatasetSummary } from './bigquery_summary';
import type { StreamOutput } from './stream_output';
import { makeTemporaryStaging, temporaryPlace } from './temporary_staging';

/** A dataset of BigQuery; rows are logged in the system's directory for temporary files. */
export function bigqueryStreamOutput(dataset: DatasetName, location: string | null): StreamOutput {
  const text = textOf(dataset);
  let staging: string | undefined;
  let stream: BigqueryStream | undefined;
  // Sooner than for who doesn't know when the tables change.
  const served = new BigqueryServed(`bigquery:${text}`, dataset, 5000);
  const opened = (): BigqueryStream => {
    if (stream === undefined) throw new Error('the output has not been prepared');
    return stream;
  };
  return {
    name: `bigquery:${text}`,
    example: bigqueryExample(dataset),
    state: `${text}.state`,
    // Each is a change that BigQuery has to merge.
    watermarkEveryMs: 10_000,
    lookEveryMs: 60_000,
    history: async (minViews) => (await readHours(dataset, minViews)) ?? [],
    staging: (runId) => stagingOf(temporaryPlace(text), runId),
    prepare: async (start) => {
      staging = makeTemporaryStaging(text, start.run.run_id);
      stream = await BigqueryStream.open({ dataset, location, ...start });
    },
    flush: (logged, flush) => opened().flush(logged, flush),
    read: (questions) => served.read(questions),
    summary: (runId, run) => readDatasetSummary(opened().place, dataset, runId, run),
    close: async () => {
      await served.close();
      if (staging !== undefined) removeStaging(staging);
      await stream?.close();
    },
  };
}
