/** One writer to a dataset for all steps of this process: their rows share connections and requests. */
import { openBigquery } from '../client';
import { openDataset } from '../dataset';
import type { DatasetName } from '../dataset_name';
import { outputError } from '../service_error';
import type { BigQueryWriter } from './bigquery_writer';
import { openWriter } from './open_writer';

/** Where rows go; plain JSON, to travel in a graph: no credentials, which are those of where it runs. */
export interface WrittenDataset {
  readonly dataset: DatasetName;
  /** Where it is; null: BigQuery is asked. */
  readonly location: string | null;
}

const writers = new Map<string, Promise<BigQueryWriter>>();

/** The writer of this process; opened where there is none. */
export function sharedWriter(written: WrittenDataset): Promise<BigQueryWriter> {
  const key = JSON.stringify(written.dataset);
  let writer = writers.get(key);
  if (writer === undefined) {
    writer = open(written);
    writers.set(key, writer);
    writer.catch(() => writers.delete(key));
  }
  return writer;
}

/** After a failure nothing can be written by it any more: whoever comes next gets a new one. */
export async function discardWriter({ dataset }: WrittenDataset, writer: BigQueryWriter): Promise<void> {
  const key = JSON.stringify(dataset);
  const known = writers.get(key);
  if (known === undefined || (await known.catch(() => null)) !== writer) return;
  writers.delete(key);
  await writer.close().catch(() => {});
}

async function open({ dataset, location }: WrittenDataset): Promise<BigQueryWriter> {
  try {
    const place = location ?? (await openDataset(openBigquery(dataset.project), dataset, null)).location;
    return await openWriter(dataset, place);
  } catch (error) {
    throw outputError(dataset, error);
  }
}
