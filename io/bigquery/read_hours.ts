/** Hourly rows of brands in a dataset, as a baseline takes them. */
import { MONEY_SCALE } from '../../schema/column';
import { goldFunnelHourlyBrand } from '../../schema/tables';
import { type BaselineHour, byHour } from '../baseline_hours';
import { openBigquery } from './client';
import { findDataset } from './dataset';
import { type DatasetName, qualified } from './dataset_name';
import { queryRows } from './jobs';
import { isNoTable, outputError } from './service_error';

/**
 * The hours that a run has left in the dataset, of brands with at least `minViews` views; null where there is no such dataset or table. Of an hour that a stream has not finished there are only early
 * rows: it looks bad, and is left out.
 *
 * @throws {InputError} where they can't be read
 */
export async function readHours(dataset: DatasetName, minViews: number): Promise<BaselineHour[] | null> {
  try {
    const place = await findDataset(openBigquery(dataset.project), dataset);
    if (place === null) return null;
    const rows = await queryRows(
      place,
      `SELECT UNIX_MILLIS(window_start) AS hour, brand, views, purchases, CAST(CAST(revenue * ${10 ** MONEY_SCALE} AS INT64) AS STRING) AS revenue
       FROM ${qualified(dataset, goldFunnelHourlyBrand.name)} WHERE pane <> 'early' AND views >= ${minViews} ORDER BY 1, 2`,
    );
    return byHour(
      rows.map(({ hour, brand, views, purchases, revenue }) => [hour, brand, views, purchases, revenue]),
    );
  } catch (error) {
    if (isNoTable(error)) return null;
    throw outputError(dataset, error, 'read');
  }
}
