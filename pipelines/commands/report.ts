/** `funnelpulse report`: what is in an output, as a page for people. */
import type { Argv, CommandModule } from 'yargs';
import { strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';

const REPORT_OPTIONS = {
  from: {
    type: 'string',
    demandOption: true,
    describe: 'Output to report on',
    unit: 'duckdb:FILE or bigquery:PROJECT.DATASET',
    change: 'Always given',
  },
  out: {
    type: 'string',
    demandOption: true,
    describe: 'File to write, replaced where it is there: one page that needs no network',
    unit: 'file ending in .html',
    change: 'Always given',
  },
  since: {
    type: 'string',
    describe: 'First day of the report',
    unit: 'UTC day, YYYY-MM-DD; default: the first with events',
    change: 'Set it where the output covers more than two or three months',
  },
  until: {
    type: 'string',
    describe: 'Last day of the report',
    unit: 'UTC day, YYYY-MM-DD; default: the last with events',
    change: 'Set it to look back',
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
    .options(strictOptions(REPORT_OPTIONS))
    .example(
      '$0 report --from duckdb:out/funnel.duckdb --out out/report.html',
      'The whole output as one page, to open in a browser or to print',
    )
    .epilogue(
      'A file is opened for reading, for a moment: while a stream writes, report waits for it, up to 30 seconds. A report of a dataset puts up to 240 questions to BigQuery, 16 at once.',
    );
}

type ReportArguments = Awaited<ReturnType<typeof build>['argv']>;

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report',
  describe:
    'Write a page about an output: headline numbers, brands, anomalies and their evidence, data quality',
  builder: build as never,
  handler: (args) => {
    // Loaded for this command only: formats of numbers and dates take a while to make.
    const { writeReport } = require('../serving/write_report') as typeof import('../serving/write_report');
    return writeReport(args);
  },
};
