/** `funnelpulse baseline`: freezes the hours of a run as a baseline for others. */
import type { Argv, CommandModule } from 'yargs';
import { freezeBaseline } from '../../io/duckdb/freeze_baseline';
import { duckdbFile } from '../duckdb_file';
import { strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';
import { formatCount } from '../text';

const BASELINE_OPTIONS = {
  from: {
    type: 'string',
    demandOption: true,
    describe: 'Output of a run whose hours were normal',
    unit: 'duckdb:FILE',
    change: 'Always given',
  },
  out: {
    type: 'string',
    demandOption: true,
    describe:
      'File to write: a row per brand and hour with window_start, brand, views, purchases and revenue. Hours that a stream has not finished are left out, hours with few views are not: --min-baseline-views is for the runs that use it',
    unit: 'file ending in .parquet, .csv, .csv.gz or .duckdb',
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
    .options(strictOptions(BASELINE_OPTIONS))
    .example(
      '$0 baseline --from duckdb:out/funnel.duckdb --out out/normal.parquet',
      'Freeze the hours of a run; compare others with them by --baseline out/normal.parquet',
    );
}

type BaselineArguments = Awaited<ReturnType<typeof build>['argv']>;

export const baselineCommand: CommandModule<object, BaselineArguments> = {
  command: 'baseline',
  describe: 'Freeze the hours of a run in a file that later runs are compared with',
  builder: build as never,
  handler: freeze,
};

async function freeze({ from, out, quiet }: BaselineArguments): Promise<void> {
  const file = duckdbFile('from', from);
  const { rows, brands, first, last } = await freezeBaseline(file, out);
  if (quiet) return;
  process.stdout.write(
    `Wrote ${formatCount(rows)} hours of ${formatCount(brands)} brands, ${first} to ${last}, to ${out}. Compare a run with them by --baseline ${out}\n`,
  );
}
