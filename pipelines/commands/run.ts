/** `funnelpulse run`: events in, tables out. What the input is decides whether it ends. */
import type { CommandModule } from 'yargs';
import { InputError } from '../../io/input_error';
import { DATAFLOW_OPTIONS } from '../dataflow/options';
import { buildRun, type RunArguments } from '../run_arguments';
import { isSubscription } from '../subscription';
import { runFiles } from './run_files';

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run',
  describe: 'Compute the funnel and its anomalies from event files, or follow live traffic',
  builder: buildRun as never,
  handler: run,
};

async function run(args: RunArguments): Promise<void> {
  if (args.runner === 'dataflow') {
    const { runOnDataflow } =
      require('../dataflow/run_on_dataflow') as typeof import('../dataflow/run_on_dataflow');
    return runOnDataflow(args);
  }
  refuseDataflowOptions(args);
  if (!args.input.some(isSubscription)) {
    if (args.serve !== undefined)
      throw new InputError(
        `--serve shows a stream while it runs. After a run over files: funnelpulse serve --from ${args.output}`,
      );
    if (args.alert !== undefined)
      throw new InputError(
        `--alert tells of a stream while it runs. After a run over files: funnelpulse alert --from ${args.output}`,
      );
    return runFiles(args);
  }
  if (args.input.length > 1)
    throw new InputError(
      `--input ${args.input.join(' ')}: a subscription can’t be read together with anything else. Name one subscription, or files`,
    );
  // Google's client takes a while to load, and files don't need it.
  const { runStream } = require('./run_stream') as typeof import('./run_stream');
  return runStream(args);
}

/** What only Dataflow has would be ignored elsewhere. */
function refuseDataflowOptions(args: RunArguments): void {
  const given = Object.keys(DATAFLOW_OPTIONS).filter((name) => {
    const value = (args as Record<string, unknown>)[name];
    return value !== undefined && value !== false;
  });
  if (given.length > 0)
    throw new InputError(
      `${given.map((name) => `--${name}`).join(' and ')} can be had with --runner dataflow only: leave ${given.length > 1 ? 'them' : 'it'} out, or choose that runner`,
    );
}
