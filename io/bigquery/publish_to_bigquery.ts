import { createHash } from 'node:crypto';
import type { Keyed } from '../../beam/combine';
import type { Staged } from '../staging/stage_rows';
import type { SwitchOptions } from './switch_tables';

/** The graph's last step: all parts that were staged, grouped to one key → the tables of the dataset. Gives out the rows per table. */
export class PublishToBigquery {
  /** `perLaunch`: the graph is a template, of which each launch is a run of its own. */
  constructor(
    readonly options: SwitchOptions,
    readonly perLaunch = false,
  ) {}

  async process({ value }: Keyed<Iterable<Staged>>): Promise<Iterable<Record<string, number>>> {
    // Loaded here because every worker loads this module and only one of them ever needs Google's library.
    const { switchTables } = require('./switch_tables') as typeof import('./switch_tables');
    const { showLoading } = require('./loading_progress') as typeof import('./loading_progress');
    const staged = [...value];
    const options = this.perLaunch ? launchOf(this.options, staged) : this.options;
    const onLoaded = options.staging === null ? undefined : showLoading(options.staging, staged);
    return [await switchTables(staged, options, onLoaded)];
  }
}

/** A run's id that is another one for each launch, and the same where this step is done again: made of what was staged, the names of which nobody has twice. */
function launchOf(options: SwitchOptions, staged: readonly Staged[]): SwitchOptions {
  const hash = createHash('sha256');
  for (const file of staged.map((part) => part.file).sort()) hash.update(file).update('\n');
  const id = hash.digest('hex').slice(0, 12);
  const run = { ...options.run, run_id: `${options.run.run_id}-${id}`, started_at: Date.now() };
  return { ...options, run };
}
