/** The dataset of a run on Dataflow, made sure of before anything is submitted: what would make the job fail after an hour is said now. */
import { openBigquery } from '../../io/bigquery/client';
import { openDataset } from '../../io/bigquery/dataset';
import type { DatasetName } from '../../io/bigquery/dataset_name';
import type { JobPlace } from '../../io/bigquery/jobs';
import { prepareOutput } from '../../io/bigquery/prepare_output';
import { outputError } from '../../io/bigquery/service_error';
import { claimDataset } from '../../io/bigquery/stream/claim_dataset';

/** A batch job's dataset: there, with tables as declared, no stream's, and nobody's at the moment. The job itself takes it when it publishes. */
export async function prepareBatchDataset(
  dataset: DatasetName,
  location: string | null,
  { omit, runId, replace }: { omit: readonly string[]; runId: string; replace: boolean },
): Promise<JobPlace> {
  const prepared = await prepareOutput({ dataset, location, omit }, runId, replace);
  await prepared.close();
  return prepared.place;
}

/** A stream's dataset becomes its own: there, with all tables and views, and no other's. */
export async function prepareStreamDataset(
  dataset: DatasetName,
  location: string | null,
  { stateId, replace }: { stateId: string; replace: boolean },
): Promise<JobPlace> {
  try {
    const place = await openDataset(openBigquery(dataset.project), dataset, location);
    await claimDataset(place, dataset, { stateId, commits: 0, replace });
    return place;
  } catch (error) {
    throw outputError(dataset, error);
  }
}
