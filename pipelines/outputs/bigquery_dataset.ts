import { type DatasetName, parseDatasetName } from '../../io/bigquery/dataset_name';
import { InputError } from '../../io/input_error';

const SCHEME = 'bigquery:';

/** The dataset of `bigquery:PROJECT.DATASET`, null for what is another store. Throws an {@link InputError} that names the option where the name is none. */
export function bigqueryDataset(option: string, text: string): DatasetName | null {
  if (!text.startsWith(SCHEME)) return null;
  const dataset = parseDatasetName(text.slice(SCHEME.length));
  if (dataset === null)
    throw new InputError(
      `--${option} ${text}: bigquery:PROJECT.DATASET was expected, like bigquery:my-shop.funnel`,
    );
  return dataset;
}
