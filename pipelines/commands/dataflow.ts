/** `funnelpulse dataflow`: looks at jobs of Google Dataflow, and ends them. */
import type { Argv, CommandModule } from 'yargs';
import { DATAFLOW_JOB_OPTIONS } from '../dataflow/options';
import { strictOptions } from '../option_values';

const { project, region } = DATAFLOW_JOB_OPTIONS;
const PLACE = {
  project: { ...project, demandOption: true, describe: 'Project of the job' },
  region: { ...region, demandOption: true, describe: 'Region of the job' },
} as const;

function build(argv: Argv) {
  return argv
    .positional('action', {
      type: 'string',
      choices: ['status', 'watch', 'drain', 'cancel', 'delete'] as const,
      demandOption: true,
      describe:
        'status: the job, or all active ones; watch: follow it to its end; drain: take in nothing more, finish what is there, then end; cancel: end at once; delete: cancel, and remove its files in Cloud Storage',
    })
    .positional('job', { type: 'string', describe: 'Name or id of a job; needed for all but status' })
    .options(strictOptions(PLACE))
    .example('$0 dataflow status --project my-shop --region europe-west1', 'All active jobs')
    .example(
      '$0 dataflow drain funnelpulse-stream --project my-shop --region europe-west1',
      'End a stream well',
    );
}

export type DataflowArguments = Awaited<ReturnType<typeof build>['argv']>;

export const dataflowCommand: CommandModule<object, DataflowArguments> = {
  command: 'dataflow <action> [job]',
  describe: 'Look at jobs of Google Dataflow, and end them',
  builder: build as never,
  handler: (args) => {
    // Loads what only it needs.
    const { actOnJob } = require('../dataflow/act_on_job') as typeof import('../dataflow/act_on_job');
    return actOnJob(args);
  },
};
