import { parseDatasetName } from '../../io/bigquery/dataset_name';
import { InputError } from '../../io/input_error';
import { duckdbFile } from '../duckdb_file';
import type { RunArguments } from '../run_arguments';
import type { BatchOutput } from './batch_output';
import { duckdbOutput } from './duckdb_output';

/** The output that `--output` names. @throws InputError where it is none, or other options don't go with it */
export function chooseOutput(args: RunArguments): BatchOutput {
  const omit = args.silver ? [] : ['silver_events'];
  const { output, location } = args;
  if (!output.startsWith('bigquery:')) {
    const file = duckdbFile('output', output);
    if (location !== undefined)
      throw new InputError(`--location ${location} is for bigquery: outputs: leave it out`);
    return duckdbOutput(file, omit);
  }
  const dataset = parseDatasetName(output.slice('bigquery:'.length));
  if (dataset === null)
    throw new InputError(
      `--output ${output}: bigquery:PROJECT.DATASET was expected, like bigquery:my-shop.funnel`,
    );
  if (args.export !== undefined)
    throw new InputError(
      '--export writes what is in a duckdb: output. Leave it out, and export from BigQuery: bq extract',
    );
  if (location !== undefined && !/^[A-Za-z][A-Za-z0-9-]*$/.test(location))
    throw new InputError(`--location ${location}: a location like EU or europe-west1 was expected`);
  // Only runs that write there need it.
  const { bigqueryOutput } = require('./bigquery_output') as typeof import('./bigquery_output');
  return bigqueryOutput(dataset, location ?? null, omit);
}
