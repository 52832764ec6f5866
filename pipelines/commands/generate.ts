/** `funnelpulse generate`: events of a shop that does not exist, with incidents whose truth is known. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { InputError, systemReason } from '../../io/input_error';
import { DEFAULT_START, type WrittenShop, writeShop } from '../../producers/shop';
import { interruptible } from '../interrupt';
import { strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';
import { statusLine } from '../status_line';
import { formatBytes, formatCount, formatSeconds } from '../text';

const GENERATE_OPTIONS = {
  events: {
    type: 'number',
    demandOption: true,
    describe: 'Rows to write',
    unit: 'rows',
    change: 'Always given',
  },
  days: {
    type: 'number',
    demandOption: true,
    describe: 'Days they spread over, 1 to 3660',
    unit: 'UTC days',
    change: 'Always given',
  },
  seed: {
    type: 'number',
    default: 1,
    describe: 'Which shop: equal seeds give equal files, on every machine',
    unit: 'whole number',
    change: 'Change it for another shop',
  },
  out: {
    type: 'string',
    demandOption: true,
    describe: 'CSV file to write, gzipped where it ends in .gz',
    unit: 'file',
    change: 'Always given',
  },
  incidents: {
    type: 'number',
    default: 0,
    describe: 'Conversion drops, spikes and outages to hide in it; what they are goes to FILE.truth.json',
    unit: 'count, at most one a day',
    change: 'Set it to see anomalies',
  },
  start: {
    type: 'string',
    default: DEFAULT_START,
    describe: 'First day',
    unit: 'YYYY-MM-DD',
    change: 'Change it to put the shop into another season',
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
    .options(strictOptions(GENERATE_OPTIONS))
    .example(
      '$0 generate --events 1000000 --days 61 --incidents 6 --out out/shop.csv',
      'Two months of a shop with six incidents',
    );
}

type GenerateArguments = Awaited<ReturnType<typeof build>['argv']>;

export const generateCommand: CommandModule<object, GenerateArguments> = {
  command: 'generate',
  describe: 'Write the events of a made-up shop, for tests and demonstrations',
  builder: build as never,
  handler: generate,
};

async function generate(args: GenerateArguments): Promise<void> {
  const { events, days, seed, out, incidents, start, quiet } = args;
  checkTarget(out);
  const startedAt = Date.now();
  const line = quiet ? null : statusLine();
  const written = await interruptible(async (signal) => {
    try {
      return await writeShop({
        ...{ events, days, seed, out, incidents, start, signal },
        onProgress: ({ rows, bytes }) =>
          line?.show(
            () =>
              `${formatCount(rows)} of ${formatCount(events)} rows (${Math.floor((100 * rows) / events)} %), ${formatBytes(bytes)}`,
          ),
      });
    } catch (error) {
      throw signal.aborted ? error : asInputError(error, out);
    } finally {
      line?.end();
    }
  });
  if (!quiet) process.stdout.write(`${resultLine(written, (Date.now() - startedAt) / 1000)}\n`);
}

/** Says before the work what would make it fail after it. */
function checkTarget(out: string): void {
  const folder = path.dirname(path.resolve(out));
  if (out === '') throw new InputError('--out is empty: name the file to write, like out/shop.csv');
  if (fs.statSync(out, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(
      `cannot write ${out}: it is a directory. Name a file, like ${path.join(out, 'shop.csv')}`,
    );
  if (!fs.existsSync(folder))
    throw new InputError(`cannot write ${out}: the directory ${folder} does not exist. Make it first`);
}

/** The generator's errors are plain ones: a wrong option, named first, or a file that can't be written. */
function asInputError(error: unknown, out: string): unknown {
  if (!(error instanceof Error) || error.name !== 'Error') return error;
  const { cause, message } = error;
  if (cause instanceof Error && 'code' in cause)
    return new InputError(`cannot write ${out}: ${systemReason(cause)}. Nothing was written`);
  return new InputError(/^[a-z]+ is /.test(message) ? `--${message}` : message);
}

function resultLine({ out, rows, bytes, truth, incidents }: WrittenShop, seconds: number): string {
  const hidden = truth === undefined ? '' : `; ${incidents.length} incidents, told in ${truth}`;
  return `Wrote ${formatCount(rows)} events (${formatBytes(bytes)}) to ${out} in ${formatSeconds(seconds)}${hidden}`;
}
