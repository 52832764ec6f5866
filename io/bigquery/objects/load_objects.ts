/** Rows that are staged in Cloud Storage → staging tables, by load jobs: BigQuery reads the objects itself. */
import { bigquerySchema } from '../../../schema/bigquery';
import type { Table } from '../../../schema/table';
import type { Staged } from '../../staging/stage_rows';
import type { DatasetName } from '../dataset_name';
import { idText, type JobPlace } from '../jobs';
import { type LoadingRun, runLoad } from '../load_job';

/** Objects that a load job takes, by BigQuery's quotas. */
const MOST_OBJECTS = 10_000;

/** Loads the objects of a table into a table that is there. Doing it again loads nothing twice: a job has an id of run, table and part. */
export async function loadObjects(
  place: JobPlace,
  dataset: DatasetName,
  run: Omit<LoadingRun, 'folder'>,
  { table, into }: { readonly table: Table; readonly into: string },
  staged: readonly Staged[],
): Promise<void> {
  const { client, location } = place;
  const inOrder = staged.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  for (let at = 0; at < inOrder.length && !run.signal.aborted; at += MOST_OBJECTS) {
    const part = inOrder.slice(at, at + MOST_OBJECTS);
    const load = {
      sourceUris: part.map(({ file }) => file),
      destinationTable: { projectId: dataset.project, datasetId: dataset.dataset, tableId: into },
      schema: { fields: bigquerySchema(table) },
      sourceFormat: 'NEWLINE_DELIMITED_JSON',
      createDisposition: 'CREATE_NEVER',
      writeDisposition: 'WRITE_APPEND',
      maxBadRecords: 0,
    };
    const id = `funnelpulse_${idText(run.runId)}_${table.name}_${at / MOST_OBJECTS}`;
    await runLoad(place, table, id, (jobId) =>
      client.createJob({ jobId, location, configuration: { load } }),
    );
    run.onLoaded(part.reduce((sum, { rows }) => sum + rows, 0));
  }
}
