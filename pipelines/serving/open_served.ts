import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../../io/input_error';
import type { Served } from '../../serving/served';
import { duckdbFile } from '../duckdb_file';
import { bigqueryDataset } from '../outputs/bigquery_dataset';
import { BigqueryServed } from './bigquery_served';
import { duckdbServed } from './duckdb_served';

export interface OpenServed {
  readonly served: Served;
  /** A sentence about what is not there yet; null where it can be read. */
  readonly missing: string | null;
}

/**
 * What `--from duckdb:FILE` or `bigquery:PROJECT.DATASET` names. A file need not be there yet.
 *
 * @throws {InputError} where it names neither, or a file in no folder
 */
export function openServed(from: string): OpenServed {
  const dataset = bigqueryDataset('from', from);
  if (dataset !== null) return { served: new BigqueryServed(from, dataset), missing: null };
  const file = duckdbFile('from', from);
  const folder = path.dirname(path.resolve(file));
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`cannot read ${file}: there is no folder ${folder}`);
  const missing = fs.existsSync(file)
    ? null
    : `${file} is not there yet: questions are answered when a run has written it`;
  return { served: duckdbServed(from, file), missing };
}
