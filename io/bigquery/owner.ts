import { runs } from '../../schema/tables';
import type { Owner } from '../stream_owner';
import { type DatasetName, qualified } from './dataset_name';
import { type JobPlace, queryRows } from './jobs';
import { isNoTable } from './service_error';

/** Whose the tables are; null where no run is known. */
export async function readOwner(place: JobPlace, dataset: DatasetName): Promise<Owner | null> {
  try {
    const [row] = await queryRows(
      place,
      `SELECT run_id, mode, state_id, UNIX_MILLIS(watermark) AS watermark FROM ${qualified(dataset, runs.name)} ORDER BY started_at DESC LIMIT 1`,
    );
    if (row === undefined) return null;
    const { run_id, mode, state_id, watermark } = row;
    return {
      runId: String(run_id),
      mode: String(mode),
      stateId: state_id === null ? null : String(state_id),
      watermark: watermark === null ? null : Number(watermark),
    };
  } catch (error) {
    if (isNoTable(error)) return null;
    throw error;
  }
}
