import { storageEmulator } from '../client';
import type { DatasetName } from '../dataset_name';
import { BigQueryWriter } from './bigquery_writer';

/**
 * A writer to the tables of a dataset, by Google's service or the server that stands in for it.
 *
 * @throws {InputError} where there are no credentials, or the stand-in's address is wrong
 */
export function openWriter({ project, dataset }: DatasetName, location: string): Promise<BigQueryWriter> {
  const endpoint = storageEmulator();
  return BigQueryWriter.open({
    dataset: `projects/${project}/datasets/${dataset}`,
    location,
    ...(endpoint && { endpoint }),
  });
}
