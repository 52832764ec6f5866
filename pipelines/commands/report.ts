/** `funnelpulse report`: what is in an output, as a page for people. */
import type { Argv, CommandModule } from 'yargs';
import type { DatasetName } from '../../io/bigquery/dataset_name';
import { ask } from '../../io/duckdb/ask';
import { lastRun } from '../../io/duckdb/inspect_output';
import { withDuckdb } from '../../io/duckdb/open';
import { whenUnlocked } from '../../io/duckdb/when_unlocked';
import { writeWhole } from '../../io/files/write_whole';
import { InputError } from '../../io/input_error';
import { DUCKDB_QUESTIONS } from '../../serving/questions/store';
import { gatherReport, type ReportChoice, type ReportData } from '../../serving/report/gather';
import { reportPage } from '../../serving/report/page';
import { duckdbFile } from '../duckdb_file';
import { strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';
import { bigqueryDataset } from '../outputs/bigquery_dataset';
import { BigqueryServed } from '../serving/bigquery_served';
import { formatBytes } from '../text';

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
  handler: report,
};

async function report({ from, out, since, until, quiet }: ReportArguments): Promise<void> {
  const choice = choiceOf(since, until);
  if (!/\.html?$/i.test(out)) throw new InputError(`--out ${out}: a file ending in .html was expected`);
  const data = await gathered(from, choice);
  const page = reportPage(data, Date.now());
  const bytes = writeWhole('out', out, page);
  if (!quiet) process.stdout.write(`Wrote ${out} (${formatBytes(bytes)}). Open it in a browser\n`);
}

/** All that the page shows, gathered while the output is open; it is drawn when it is closed again. */
async function gathered(from: string, choice: ReportChoice): Promise<ReportData> {
  const dataset = bigqueryDataset('from', from);
  if (dataset !== null) return gatheredFromBigquery(from, dataset, choice);
  const file = duckdbFile('from', from);
  return whenUnlocked(() =>
    withDuckdb(file, 'READ_ONLY', async (connection) => {
      await lastRun(connection, file);
      return gatherReport(
        { dialect: DUCKDB_QUESTIONS, ask: (question) => ask(connection, question) },
        from,
        choice,
      );
    }),
  );
}

async function gatheredFromBigquery(
  from: string,
  dataset: DatasetName,
  choice: ReportChoice,
): Promise<ReportData> {
  const served = new BigqueryServed(from, dataset);
  const data = await served.read((store) => gatherReport(store, from, choice));
  await served.close();
  if (data.run === null)
    throw new InputError(
      `cannot read ${from}: no run has written to it yet. Write to it first: funnelpulse run --output ${from}`,
    );
  return data;
}

function choiceOf(since: string | undefined, until: string | undefined): ReportChoice {
  const choice = { since: dayOf('since', since), until: dayOf('until', until) };
  if (choice.since !== null && choice.until !== null && choice.since > choice.until)
    throw new InputError(`--since ${choice.since} is after --until ${choice.until}`);
  return choice;
}

function dayOf(option: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new InputError(`--${option} ${text}: a day like 2026-01-31 was expected`);
  return text;
}
