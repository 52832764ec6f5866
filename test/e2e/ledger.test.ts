/** A loss between parsing and counting is caught by the ledger before anything is published: exit code 1, the hour is named, the old tables stay. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { serializeFn } from 'apache-beam/internal/serialize';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { Pipeline, Root } from '../../beam/sdk';
import { prepareOutput } from '../../io/duckdb/prepare_output';
import { removeStaging } from '../../io/staging/staging_directory';
import { inDirectory } from '../../io/staging/staging_place';
import { batchEnds } from '../../pipelines/batch_ends';
import { describeFailure } from '../../pipelines/failure';
import { type FunnelOptions, funnel } from '../../pipelines/funnel';
import '../../pipelines/registration';
import { runLocally } from '../../runners/local';
import { ownHours } from '../../transforms/baselines';
import { wellFormedCsv } from '../dirty/well_formed_csv';
import { tableTexts } from '../io/table_texts';

// The SDK compares protos with it, and it takes equal byte arrays for different ones where tests run: their Uint8Array is not of the same realm as their Object.
jest.mock(
  'fast-deep-equal',
  () => jest.requireActual<typeof import('node:util')>('node:util').isDeepStrictEqual,
);

/** Modules that register the graph's functions: threads load those of the built program. */
const registration = (workers: number): string[] => [
  workers === 0
    ? require.resolve('../../pipelines/registration')
    : path.join(__dirname, '../../dist/pipelines/registration.js'),
  path.join(__dirname, '../transforms/ledger/faults.js'),
];
const { FaultyKeyBatch } = require('../transforms/ledger/faults') as {
  FaultyKeyBatch: new (hour: number, times: number) => object;
};

const STARTED = Date.UTC(2026, 0, 1);
const OPTIONS: FunnelOptions = {
  parse: { shards: 2, slotMinutes: 30, currency: null, silver: false, maxFutureSkewMs: null },
  windowing: { allowedLatenessMs: 7_200_000, earlyFiringMs: 10_000 },
  priceBandBounds: [10, 30, 60],
  minBaselineViews: 10,
  score: { minFlagViews: 50, zThreshold: 2, basis: 'brand' },
  computedAt: STARTED,
};

let folder: string;
let output: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'funnelpulse-ledger-'));
  output = path.join(folder, 'funnel.duckdb');
  writeFileSync(path.join(folder, 'old.csv'), wellFormedCsv(1, 1000));
  writeFileSync(path.join(folder, 'new.csv'), wellFormedCsv(2, 1000));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts another DoFn into the one step of the graph that has this name. */
function replaceDoFn(proto: runnerApi.Pipeline, name: string, doFn: object): void {
  const steps = Object.values(proto.components!.transforms).filter(
    ({ uniqueName, spec, subtransforms }) =>
      uniqueName.includes(name) && spec?.urn === 'beam:transform:pardo:v1' && subtransforms.length === 0,
  );
  const processing = steps.filter(({ uniqueName }) => uniqueName.includes('Process'));
  expect(processing.map(({ uniqueName }) => uniqueName)).toHaveLength(1);
  const [{ spec }] = processing;
  const payload = runnerApi.ParDoPayload.fromBinary(spec!.payload);
  payload.doFn!.payload = serializeFn({ doFn, context: undefined });
  spec!.payload = runnerApi.ParDoPayload.toBinary(payload);
}

/** Runs the graph over one file as the command line does, with a fault in it or without. */
async function run(input: string, workers: number, fault: object | null): Promise<void> {
  const runId = `run-${workers}-${fault === null ? 'good' : 'faulty'}`;
  const staging = await prepareOutput(output, runId, false);
  try {
    const pipeline = new Pipeline();
    const ends = batchEnds({
      inputs: [path.join(folder, input)],
      splitBytes: 1 << 26,
      staging: inDirectory(staging),
      publishing: {
        kind: 'duckdb',
        options: {
          ...{ file: output, staging, omit: ['silver_events'] },
          run: {
            ...{ run_id: runId, state_id: null, mode: 'batch', input, options: '{}', watermark: null },
            ...{ allowed_lateness_ms: 7_200_000, started_at: STARTED },
          },
        },
      },
      baseline: ownHours,
      manifest: null,
    });
    funnel(new Root(pipeline), ends, OPTIONS);
    const proto = pipeline.getProto();
    if (fault !== null) replaceDoFn(proto, 'Key by slot and shard', fault);
    await runLocally(proto, { workers, registration: registration(workers), liftCombines: false });
  } finally {
    removeStaging(staging);
  }
}

const HOUR = Date.UTC(2019, 9, 2, 10);
const records = (text: string) => Number((JSON.parse(text) as string[])[2]);

describe.each([0, 2])('with %i workers', (workers) => {
  let before: Record<string, string[]>;
  let inHour: number;
  beforeAll(async () => {
    await run('new.csv', workers, null);
    const good = await tableTexts(output);
    inHour = records(good.pipeline_ledger.find((row) => row.includes('2019-10-02T10:00:00Z'))!);
    await run('old.csv', workers, null);
    before = await tableTexts(output);
    expect(before).not.toEqual(good);
  });

  test.each([
    ['a lost batch', 0, /unaccounted for in 2019-10-02T10:00:00Z \((\d+)\)\./],
    ['a batch that comes twice', 2, /unaccounted for in 2019-10-02T10:00:00Z \(-(\d+)\)\./],
  ])('%s', async (_, times, named) => {
    const error = await run('new.csv', workers, new FaultyKeyBatch(HOUR, times)).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'StepError', cause: { name: 'LedgerError' } });
    const { message, exitCode } = describeFailure(error);
    expect(exitCode).toBe(1);
    expect(message).toMatch(named);
    expect(message).toContain('No table was changed');
    // A batch, but not all that the hour has.
    const missing = Number(named.exec(message)![1]);
    expect(missing).toBeGreaterThan(0);
    expect(missing).toBeLessThan(inHour);
    expect(await tableTexts(output)).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(['funnel.duckdb', 'new.csv', 'old.csv']);
  });

  test('the same step without a fault: nothing to complain about', async () => {
    await run('old.csv', workers, new FaultyKeyBatch(HOUR, 1));
    expect(await tableTexts(output)).toEqual(before);
  });
});
