import type { Keyed } from '../../beam/combine';
import type { Staged } from '../staging/stage_rows';
import type { SwitchOptions } from './switch_tables';

/** The graph's last step: all parts that were staged, grouped to one key → the tables of the output. Gives out the rows per table. */
export class PublishTables {
  constructor(readonly options: SwitchOptions) {}

  async process({ value }: Keyed<Iterable<Staged>>): Promise<Iterable<Record<string, number>>> {
    // Loaded here because every worker loads this module and only one of them ever needs the database.
    const { switchTables } = require('./switch_tables') as typeof import('./switch_tables');
    return [await switchTables([...value], this.options)];
  }
}
