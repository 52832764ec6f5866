/** The dataset of a run on Dataflow, made sure of before anything is submitted: what would make the job fail after an hour is said now. */
import { openBigquery } from '../../io/bigquery/client';
import { openDataset } from '../../io/bigquery/dataset';
import { type DatasetName, textOf } from '../../io/bigquery/dataset_name';
import type { JobPlace } from '../../io/bigquery/jobs';
import { readOwner } from '../../io/bigquery/owner';
import { prepareOutput } from '../../io/bigquery/prepare_output';
import { outputError } from '../../io/bigquery/service_error';
import { claimDataset } from '../../io/bigquery/stream/claim_dataset';
import { InputError } from '../../io/input_error';

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

/**
 * A stream's dataset becomes its own: there, with all tables and views, and no other's.
 *
 * A job that begins without state can't go on in the tables of an earlier one of its name. It would count an hour anew that is there already, and of both the fuller one stays, which is neither.
 *
 * @param goesOn the job takes over the state of a running one, or of a snapshot, or is a template, of which nobody knows
 * @throws {InputError} where the dataset can't be had
 */
export async function prepareStreamDataset(
  dataset: DatasetName,
  location: string | null,
  { stateId, replace, goesOn }: { stateId: string; replace: boolean; goesOn: boolean },
): Promise<JobPlace> {
  try {
    const place = await openDataset(openBigquery(dataset.project), dataset, location);
    const owner = await readOwner(place, dataset);
    const isOwn = owner?.mode === 'streaming' && owner.stateId === stateId;
    if (isOwn && !goesOn && !replace)
      throw new InputError(
        `bigquery:${textOf(dataset)} holds what an earlier job ${stateId} has written, and its state is gone: a new one would count its hours anew. Begin with empty tables: --replace, or another --output. What was archived can be read again with a batch run`,
      );
    // To begin anew, even one's own tables are another's.
    const claimant = isOwn && replace ? `${stateId} begun anew` : stateId;
    await claimDataset(place, dataset, { stateId: claimant, commits: 0, replace });
    return place;
  } catch (error) {
    throw outputError(dataset, error);
  }
}
