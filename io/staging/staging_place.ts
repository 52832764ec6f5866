import type { StepFn } from '../../beam/step';
import type { Row, Table } from '../../schema/table';
import { type Staged, StageRows } from './stage_rows';

/** Where the rows of a bounded run wait until the tables are switched: what makes the step that puts a table's rows there, and gives out what it has put where. */
export type StagingPlace = <T extends Table>(table: T) => StepFn<Row<T>[], Staged, unknown>;

/** A directory of this machine, for a run whose workers all are on it. */
export function inDirectory(directory: string): StagingPlace {
  return (table) => new StageRows(table.name, directory) as never;
}
