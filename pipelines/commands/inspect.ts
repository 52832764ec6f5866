/** `funnelpulse inspect`: what is in an output, also while a stream writes to it. */
import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Argv, CommandModule } from 'yargs';
import { type Inspection, inspectOutput } from '../../io/duckdb/inspect_output';
import { LockedError } from '../../io/duckdb/open';
import { goldFunnelHourlyBrand } from '../../schema/tables';
import { duckdbFile } from '../duckdb_file';
import { inspectionLines } from '../inspection_text';
import { interruptible, StoppedError, stoppedBy } from '../interrupt';
import { requireWhole, strictOptions } from '../option_values';
import type { DeclaredOption } from '../options';

const INSPECT_OPTIONS = {
  from: {
    type: 'string',
    demandOption: true,
    describe: 'Output to look into',
    unit: 'duckdb:FILE',
    change: 'Always given',
  },
  table: {
    type: 'string',
    default: goldFunnelHourlyBrand.name,
    describe: 'Table, or view, whose newest rows are shown',
    unit: 'name',
    change: 'Name dead_letters, pipeline_ledger, gold_anomalies_hourly_brand or another of the list',
  },
  limit: {
    type: 'number',
    default: 10,
    describe: 'Rows to show',
    unit: 'rows, 0 to 10000',
    change: 'Raise it to see more',
  },
  follow: {
    type: 'boolean',
    default: false,
    describe: 'Print it again whenever something has changed, until Ctrl-C',
    unit: 'on or off',
    change: 'Set it to watch a stream',
  },
  json: {
    type: 'boolean',
    default: false,
    describe: 'Print one line of JSON each time, with all columns',
    unit: 'on or off',
    change: 'Set it in scripts',
  },
} as const satisfies Record<string, DeclaredOption>;

function build(argv: Argv) {
  return argv
    .options(strictOptions(INSPECT_OPTIONS))
    .example('$0 inspect --from duckdb:out/live.duckdb --follow', 'Watch the newest hours of a stream')
    .example(
      '$0 inspect --from duckdb:out/live.duckdb --table dead_letters --limit 3 --json',
      'The latest rejects, whole',
    )
    .epilogue(
      'Shows the run, its watermark and how far that is behind the clock, the rows of each table, and the newest rows of one. The file is opened for reading, only for a moment: while a stream writes, inspect waits for it, up to 30 seconds.',
    );
}

type InspectArguments = Awaited<ReturnType<typeof build>['argv']>;

export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: 'inspect',
  describe: 'Show what is in an output: counts, watermark, newest rows, also while a stream runs',
  builder: build as never,
  handler: inspect,
};

/** How often a followed file is looked at. */
const LOOK_MS = 200;

async function inspect(args: InspectArguments): Promise<void> {
  const file = duckdbFile('from', args.from);
  const query = { table: args.table, limit: requireWhole('limit', args.limit, 0, 10_000) };
  const print = (inspection: Inspection): void => {
    const now = Date.now();
    process.stdout.write(
      args.json
        ? `${JSON.stringify(jsonOf(inspection, now))}\n`
        : `${inspectionLines(inspection, file, now).join('\n')}\n`,
    );
  };
  const first = await inspectOutput(file, query);
  print(first);
  if (!args.follow) return;
  await interruptible(async (signal) => {
    let printed = JSON.stringify(first);
    let seen = '';
    while (!signal.aborted) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => {});
      const version = versionOf(file);
      if (signal.aborted || version === seen) continue;
      const inspection = await unlessLocked(inspectOutput(file, query, { patienceMs: 0 }));
      if (inspection === null) continue;
      // Only what has been read counts as seen: a change that came meanwhile is looked at again.
      seen = version;
      const text = JSON.stringify(inspection);
      if (text === printed) continue;
      printed = text;
      if (!args.json) process.stdout.write('\n');
      print(inspection);
    }
    const name = stoppedBy(signal);
    if (name !== null) throw new StoppedError(name);
  });
}

/** Null where somebody writes at the moment. */
async function unlessLocked<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LockedError) return null;
    throw error;
  }
}

/** What changes with every write to the file. */
function versionOf(file: string): string {
  return [file, `${file}.wal`]
    .map((name) => {
      const stat = fs.statSync(name, { throwIfNoEntry: false });
      return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    })
    .join();
}

/** An inspection with what depends on the clock, and times as text. */
function jsonOf({ run, ...rest }: Inspection, now: number): object {
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    at: iso(now),
    run: {
      ...run,
      started_at: iso(run.started_at),
      finished_at: iso(run.finished_at),
      watermark: iso(run.watermark),
      watermark_lag_ms: run.watermark === null ? null : now - run.watermark,
    },
    ...rest,
  };
}
