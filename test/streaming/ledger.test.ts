/** A loss between parsing and counting is found by a stream at the first commit at which nothing can come for its hour any more: exit code 1, the hour is named, the tables are those of the commit before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFailure } from '../../pipelines/failure';
import { EnterTally } from '../../transforms/ledger/ledger_fn';
import { KeyBatch } from '../../transforms/parse/parse_fn';
import { readTables } from '../e2e/read_tables';
import { tableTexts } from '../io/table_texts';
import { line, type Pull, runScript, type ScriptedRun } from './scripted_run';

// See test/e2e/ledger.test.ts.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

const HOUR = 3_600_000;
const LATENESS = 2 * HOUR;
const TEN = Date.UTC(2019, 9, 1, 10);
const EXPIRY = TEN + HOUR + LATENESS;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-stream-ledger-'));
  file = join(folder, 'funnel.duckdb');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** The step before counting loses the first batch of an hour that it sees. */
function loseBatch(hour: number): void {
  const { process } = KeyBatch.prototype;
  let lost = false;
  jest.spyOn(KeyBatch.prototype, 'process').mockImplementation(function* (this: KeyBatch, element) {
    const isHit = !lost && Math.floor(element.batch.earliest / HOUR) * HOUR === hour;
    lost ||= isHit;
    if (!isHit) yield* process.call(this, element);
  });
}

interface Ended {
  readonly error: unknown;
  /** Pulls that were asked for, and the tables before the last of them. */
  readonly pulls: number;
  readonly tables: Record<string, string[]>;
}

/** Runs until it fails or ends. */
async function run(script: readonly Pull[], options: ScriptedRun = {}): Promise<Ended> {
  let pulls = 0;
  let tables = {};
  const before = async () => {
    pulls++;
    tables = await tableTexts(file);
  };
  const error = await runScript(folder, script, { before, ...options }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { error, pulls, tables };
}

const ledger = async () => (await readTables(file)).pipeline_ledger;

/** Two batches of ten o'clock, half an hour apart; the watermark as it goes on, with one more event each time. */
const script = (...watermarks: number[]): Pull[] => [
  { lines: [line(TEN), line(TEN + HOUR / 2)], watermark: TEN + HOUR / 2 },
  ...watermarks.map((watermark) => ({ lines: [line(watermark + 1)], watermark })),
];

test('a lost batch is found when its hour has expired, and not a millisecond before', async () => {
  loseBatch(TEN);
  const { error, pulls, tables } = await run(script(TEN + HOUR, EXPIRY - 1, EXPIRY, EXPIRY + HOUR));
  expect(error).toMatchObject({ name: 'LedgerError', exitCode: 1 });
  expect(describeFailure(error)).toEqual({
    exitCode: 1,
    message: expect.stringMatching(
      /^the ledger does not balance: records unaccounted for in 2019-10-01T10:00:00Z \(1\)\. The tables are as of the last commit\./,
    ),
  });
  // The fourth pull is the one at whose commit it shows.
  expect(pulls).toBe(4);
  expect(await tableTexts(file)).toEqual(tables);
  expect(tables.gold_funnel_hourly_brand).toHaveLength(2);
  expect(await ledger()).toMatchObject([
    { bucket: '2019-10-01T10:00:00Z', read: 2, counted: 1, unaccounted: 1 },
    { bucket: '2019-10-01T11:00:00Z', read: 1, counted: 1, unaccounted: 0 },
    { bucket: '2019-10-01T13:00:00Z', read: 1, counted: 0, unaccounted: 1 },
  ]);

  // What is lost is lost to the state, too: without the fault, and with a watermark that has not moved, the run goes on, and then it stops again.
  jest.restoreAllMocks();
  const again = await run(script(TEN + HOUR, EXPIRY - 1, EXPIRY - 1, EXPIRY));
  expect(again.error).toMatchObject({ name: 'LedgerError', message: (error as Error).message });
  expect(again.pulls).toBe(2);
});

test('a lost record without a usable time is found at once', async () => {
  const { process } = EnterTally.prototype;
  jest.spyOn(EnterTally.prototype, 'process').mockImplementation(function* (this: EnterTally, tally) {
    const [read, rejected] = tally.unknown;
    yield* process.call(this, { ...tally, unknown: [read, Math.max(0, rejected - 1)] });
  });
  const bad = 'no time,view,p,,b,1,u,s';
  const { error, pulls, tables } = await run([
    { lines: [line(TEN)], watermark: TEN },
    { lines: [line(TEN), bad, bad], watermark: TEN },
    { lines: [line(TEN)], watermark: TEN },
  ]);
  expect(error).toMatchObject({
    name: 'LedgerError',
    exitCode: 1,
    message: expect.stringContaining(' unknown (1). '),
  });
  expect(pulls).toBe(2);
  expect(await tableTexts(file)).toEqual(tables);
  expect(tables.dead_letters).toEqual([]);
});

test('a lost batch is found when the source is over', async () => {
  loseBatch(TEN);
  const { error, pulls, tables } = await run(script(TEN + HOUR));
  expect(error).toMatchObject({
    name: 'LedgerError',
    exitCode: 1,
    message: expect.stringContaining(' 2019-10-01T10:00:00Z (1). '),
  });
  expect(pulls).toBe(3);
  expect(await tableTexts(file)).toEqual(tables);
});

test('what comes for an expired hour is accounted for as late', async () => {
  const late = [line(TEN + 1), line(TEN + 2), line(TEN + HOUR)];
  const { error } = await run([
    ...script(EXPIRY - 1, EXPIRY),
    { lines: late, watermark: EXPIRY + 5 * HOUR },
    { lines: late, watermark: EXPIRY + 6 * HOUR },
  ]);
  expect(error).toBeNull();
  expect(await ledger()).toMatchObject([
    { bucket: '2019-10-01T10:00:00Z', read: 6, counted: 2, late_dropped: 4, unaccounted: 0 },
    { bucket: '2019-10-01T11:00:00Z', read: 2, counted: 1, late_dropped: 1, unaccounted: 0 },
    { bucket: '2019-10-01T13:00:00Z', read: 2, counted: 2, unaccounted: 0 },
  ]);
});

test('rows that a flush wrote before a crash cut it off are no reason to stop', async () => {
  const lines = [line(TEN), line(TEN + 1)];
  let flushes = 0;
  const crashed = await run([{ lines, watermark: TEN }], {
    reached: (point) => {
      if (point === 'before the commit' && ++flushes === 2) throw new Error('crashed');
    },
  });
  expect(crashed.error).toMatchObject({ message: 'crashed' });
  expect(await ledger()).toMatchObject([{ read: 2, counted: 0, unaccounted: 2, commit: 2 }]);

  // The source gives them out again, but only when their hour has expired.
  const seen: unknown[] = [];
  const { error } = await run([{ watermark: EXPIRY }, { watermark: EXPIRY + HOUR }, { lines }], {
    before: async () => {
      seen.push((await ledger())[0].unaccounted);
    },
  });
  expect(error).toBeNull();
  expect(seen).toEqual([null, null, null, 0]);
  expect(await ledger()).toMatchObject([{ read: 2, counted: 0, late_dropped: 2, unaccounted: 0 }]);
});
