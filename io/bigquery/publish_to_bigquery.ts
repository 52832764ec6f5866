import type { Keyed } from '../../beam/combine';
import type { Staged } from '../staging/stage_rows';
import type { SwitchOptions } from './switch_tables';

/** The graph's last step: all parts that were staged, grouped to one key → the tables of the dataset. Gives out the rows per table. */
export class PublishToBigquery {
  constructor(readonly options: SwitchOptions) {}

  async process({ value }: Keyed<Iterable<Staged>>): Promise<Iterable<Record<string, number>>> {
    // Loaded here because every worker loads this module and only one of them ever needs Google's library.
    const { switchTables } = require('./switch_tables') as typeof import('./switch_tables');
    const { showLoading } = require('./loading_progress') as typeof import('./loading_progress');
    const staged = [...value];
    const { staging } = this.options;
    const onLoaded = staging === null ? undefined : showLoading(staging, staged);
    return [await switchTables(staged, this.options, onLoaded)];
  }
}
