/** `funnelpulse join`: a stream's dataset and one of files, as one. */
import type { Argv, CommandModule } from 'yargs';
import { type DatasetName, textOf } from '../../io/bigquery/dataset_name';
import { InputError } from '../../io/input_error';
import { strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';
import { bigqueryDataset } from '../outputs/bigquery_dataset';

const JOIN_OPTIONS = {
  live: {
    type: 'string',
    demandOption: true,
    describe: 'Output of a stream',
    unit: 'bigquery:PROJECT.DATASET',
    change: 'Always given',
  },
  history: {
    type: 'string',
    demandOption: true,
    describe: 'Output of a run over files, for the time before the stream',
    unit: 'bigquery:PROJECT.DATASET',
    change: 'Always given',
  },
  into: {
    type: 'string',
    demandOption: true,
    describe: 'Dataset for the views, made where missing; no run writes to it',
    unit: 'bigquery:PROJECT.DATASET',
    change: 'Always given',
  },
  quiet: {
    type: 'boolean',
    default: false,
    describe: 'Print nothing',
    unit: 'on or off',
    change: 'Set it in scripts',
  },
} as const satisfies Record<string, DeclaredOption>;

function build(argv: Argv) {
  return argv
    .options(strictOptions(JOIN_OPTIONS))
    .example(
      '$0 join --live bigquery:my-shop.live --history bigquery:my-shop.history --into bigquery:my-shop.funnel',
      'The gold tables and the anomalies of both, in my-shop.funnel',
    )
    .epilogue(
      'An output has one owner: a stream writes to one dataset, runs over files to another. The views show both as one: an hour, or day, that the stream has is the stream’s, with all its rows; every other one is the history’s.',
    );
}

type JoinArguments = Awaited<ReturnType<typeof build>['argv']>;

export const joinCommand: CommandModule<object, JoinArguments> = {
  command: 'join',
  describe: 'Show the dataset of a stream and one of files as one, by views in BigQuery',
  builder: build as never,
  handler: join,
};

async function join(args: JoinArguments): Promise<void> {
  const [live, history, into] = (['live', 'history', 'into'] as const).map((name) =>
    datasetOf(name, args[name]),
  );
  const { joinDatasets } =
    require('../../io/bigquery/join_datasets') as typeof import('../../io/bigquery/join_datasets');
  const views = await joinDatasets(live, history, into);
  if (!args.quiet)
    process.stdout.write(
      `Views in bigquery:${textOf(into)}:\n${views.map((name) => `  ${name}`).join('\n')}\n`,
    );
}

function datasetOf(option: string, text: string): DatasetName {
  const dataset = bigqueryDataset(option, text);
  if (dataset === null)
    throw new InputError(
      `--${option} ${text}: bigquery:PROJECT.DATASET was expected, like bigquery:my-shop.${option}`,
    );
  return dataset;
}
