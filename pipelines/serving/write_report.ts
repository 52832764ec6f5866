/** Writes the page about an output. */
import { writeWhole } from '../../io/files/write_whole';
import { InputError } from '../../io/input_error';
import { gatherReport, type ReportChoice } from '../../serving/report/gather';
import { reportPage } from '../../serving/report/page';
import { parseDay } from '../option_values';
import { formatBytes } from '../text';
import { readOutput } from './read_output';

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
  // It is drawn when the output is closed again.
  const data = await readOutput(from, (store) => gatherReport(store, from, choice));
  const page = reportPage(data, Date.now());
  const bytes = writeWhole('out', out, page);
  if (!quiet) process.stdout.write(`Wrote ${out} (${formatBytes(bytes)}). Open it in a browser\n`);
}

function choiceOf(since: string | undefined, until: string | undefined): ReportChoice {
  const choice = {
    since: since === undefined ? null : parseDay('since', since),
    until: until === undefined ? null : parseDay('until', until),
  };
  if (choice.since !== null && choice.until !== null && choice.since > choice.until)
    throw new InputError(`--since ${choice.since} is after --until ${choice.until}`);
  return choice;
}
