/** `funnelpulse run`: events in, tables out. What the input is decides whether it ends. */
import type { CommandModule } from 'yargs';
import { InputError } from '../../io/input_error';
import { buildRun, type RunArguments } from '../run_arguments';
import { runFiles } from './run_files';

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run',
  describe: 'Compute the funnel and its anomalies from event files, or follow live traffic',
  builder: buildRun as never,
  handler: run,
};

async function run(args: RunArguments): Promise<void> {
  if (!args.input.some((input) => input.startsWith('pubsub:'))) return runFiles(args);
  if (args.input.length > 1)
    throw new InputError(
      `--input ${args.input.join(' ')}: a subscription can’t be read together with anything else. Name one subscription, or files`,
    );
  // Google's client takes a while to load, and files don't need it.
  const { runStream } = require('./run_stream') as typeof import('./run_stream');
  return runStream(args);
}
