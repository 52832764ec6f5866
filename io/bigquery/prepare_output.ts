import { InputError } from '../input_error';
import { openBigquery } from './client';
import { openDataset, prepareTables } from './dataset';
import { type DatasetName, textOf } from './dataset_name';
import type { JobPlace } from './jobs';
import { giveLeaseBack, holderOf, keepLease, takeLease } from './lease';
import { readOwner } from './owner';
import { outputError } from './service_error';
import type { SwitchOptions } from './switch_tables';

/** A dataset that is this run's to write to, until it is closed. */
export interface PreparedDataset {
  readonly place: JobPlace;
  /** Ends the lease. */
  close(): Promise<void>;
}

/**
 * Makes sure, before hours of work, that a batch run will be able to write its output: the dataset is there or can be made, no other run writes to it, it isn't a stream's, and its tables are as declared.
 *
 * @throws {InputError} otherwise
 */
export async function prepareOutput(
  { dataset, location, omit }: Pick<SwitchOptions, 'dataset' | 'location' | 'omit'>,
  runId: string,
  replace: boolean,
): Promise<PreparedDataset> {
  try {
    const place = await openDataset(openBigquery(dataset.project), dataset, location);
    const holder = holderOf(runId);
    await takeLease(place, dataset, holder);
    const { stop } = keepLease(place, dataset, holder);
    const close = async (): Promise<void> => {
      stop();
      await giveLeaseBack(place, dataset, runId).catch(() => {});
    };
    try {
      await prepareTables(place, dataset, omit);
      if (!replace) await refuseStream(place, dataset);
    } catch (error) {
      await close();
      throw error;
    }
    return { place, close };
  } catch (error) {
    throw outputError(dataset, error);
  }
}

async function refuseStream(place: JobPlace, dataset: DatasetName): Promise<void> {
  const owner = await readOwner(place, dataset);
  if (owner?.mode === 'streaming')
    throw new InputError(
      `bigquery:${textOf(dataset)} belongs to the stream with the state ${owner.stateId}: a batch run would replace its tables. Choose another --output, or --replace to do so`,
    );
}
