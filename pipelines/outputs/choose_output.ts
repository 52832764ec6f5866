import { InputError } from '../../io/input_error';
import { duckdbFile } from '../duckdb_file';
import type { RunArguments } from '../run_arguments';
import type { BatchOutput } from './batch_output';
import { bigqueryDataset } from './bigquery_dataset';
import { duckdbOutput } from './duckdb_output';
import type { StreamOutput } from './stream_output';

/** The output of files that `--output` names. @throws InputError where it is none, or other options don't go with it */
export function chooseOutput(args: RunArguments): BatchOutput {
  const omit = args.silver ? [] : ['silver_events'];
  const dataset = bigqueryDataset('output', args.output);
  const location = locationOf(args, dataset !== null);
  if (dataset === null) return duckdbOutput(duckdbFile('output', args.output), omit);
  if (args.export !== undefined)
    throw new InputError(
      '--export writes what is in a duckdb: output. Leave it out, and export from BigQuery: bq extract',
    );
  // Only runs that write there need it.
  const { bigqueryOutput } = require('./bigquery_output') as typeof import('./bigquery_output');
  return bigqueryOutput(dataset, location, omit);
}

/** The output of a stream that `--output` names. @throws InputError where it is none, or `--location` doesn't go with it */
export function chooseStreamOutput(args: RunArguments): StreamOutput {
  const dataset = bigqueryDataset('output', args.output);
  const location = locationOf(args, dataset !== null);
  if (dataset === null) {
    const { duckdbStreamOutput } =
      require('./duckdb_stream_output') as typeof import('./duckdb_stream_output');
    return duckdbStreamOutput(duckdbFile('output', args.output));
  }
  const { bigqueryStreamOutput } =
    require('./bigquery_stream_output') as typeof import('./bigquery_stream_output');
  return bigqueryStreamOutput(dataset, location);
}

/** `--location`, null where it is not given. @throws InputError where it is none, or the output is not BigQuery */
export function locationOf({ location }: RunArguments, isBigquery: boolean): string | null {
  if (location === undefined) return null;
  if (!isBigquery) throw new InputError(`--location ${location} is for bigquery: outputs: leave it out`);
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(location))
    throw new InputError(`--location ${location}: a location like EU or europe-west1 was expected`);
  return location;
}
