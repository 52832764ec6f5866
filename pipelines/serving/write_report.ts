/** Writes the page about an output. */
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
import { bigqueryDataset } from '../outputs/bigquery_dataset';
import { formatBytes } from '../text';

export interface ReportArguments {
  /** The output, as the user named it. */
  readonly from: string;
  /** The page's file. */
  readonly out: string;
  /** UTC days, both included. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly quiet: boolean;
}

/** @throws {InputError} where an argument can't be taken, the output can't be read, or the page can't be written */
export async function writeReport({ from, out, since, until, quiet }: ReportArguments): Promise<void> {
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
  const { BigqueryServed } = require('./bigquery_served') as typeof import('./bigquery_served');
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
