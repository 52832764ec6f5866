/** pipeline.pb of a dry run: parsed again, everything in it is known to the harness or to the service, and runs in our image. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globalRegistry } from 'apache-beam/coders/coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { windowFnFromProto } from '../../../beam/windows';
import '../../../pipelines/registration';
import { HARNESS_CAPABILITIES } from '../../../runners/harness/capabilities';
import { Coders } from '../../../runners/harness/coders';
import '../../../runners/harness/fn_api/fn_worker'; // what a worker loads
import { restore } from '../../../runners/harness/functions';
import { OPERATORS } from '../../../runners/harness/operators';
import { COMBINE_VALUES_FN_URN } from '../../../runners/harness/operators/combine';
import { DO_FN_OPERATORS } from '../../../runners/harness/operators/sdk_fns';
import { WINDOW_MAPPING_URNS } from '../../../runners/harness/window_mapping';
import { type DryRun, dryRun, FILES, IMAGE, STREAM } from './dry_run';

let folder: string;
const runs: Record<string, DryRun> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-dataflow-'));
  runs.batch = await dryRun(join(folder, 'batch'), FILES);
  runs.stream = await dryRun(join(folder, 'stream'), STREAM);
  runs.silver = await dryRun(join(folder, 'silver'), [...FILES, '--silver', '--baseline', 'trailing']);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the service executes by itself. */
const SERVICE = [
  'beam:transform:combine_per_key:v1',
  'beam:transform:group_by_key:v1',
  'beam:transform:impulse:v1',
  'beam:transform:pubsub_read:v1',
  'beam:transform:reshuffle:v1',
];
const RUN_WHOLE = ['beam:transform:combine_per_key:v1', 'beam:transform:reshuffle:v1'];
const GENERIC = 'beam:coder:genericobjectjs:v1';

/** Steps that are executed: leaves, and composites that the service knows as a whole. */
function executed({ pipeline }: DryRun): [string, runnerApi.PTransform][] {
  const { transforms } = pipeline.components!;
  const visit = (id: string): string[] => {
    const { spec, subtransforms } = transforms[id];
    return subtransforms.length === 0 || RUN_WHOLE.includes(spec?.urn ?? '')
      ? [id]
      : subtransforms.flatMap(visit);
  };
  return pipeline.rootTransformIds.flatMap(visit).map((id) => [id, transforms[id]]);
}

describe.each(['batch', 'stream', 'silver'])('%s', (name) => {
  const components = () => runs[name].pipeline.components!;

  test('says the same when it is parsed and written again', () => {
    const { proto, pipeline } = runs[name];
    expect(Buffer.from(runnerApi.Pipeline.toBinary(pipeline)).equals(Buffer.from(proto))).toBe(true);
    expect(pipeline.requirements).toEqual([]);
  });

  test('every environment is our image, with the capabilities that are declared', () => {
    const environments = Object.values(components().environments);
    expect(environments).toHaveLength(1);
    for (const { urn, payload, capabilities, dependencies } of environments) {
      expect(urn).toBe('beam:env:docker:v1');
      expect(runnerApi.DockerPayload.fromBinary(payload)).toEqual({ containerImage: IMAGE });
      expect(capabilities).toEqual(HARNESS_CAPABILITIES);
      expect(dependencies).toEqual([]);
    }
    const ids = Object.keys(components().environments);
    for (const { windowFn, environmentId } of Object.values(components().windowingStrategies)) {
      expect(windowFn).toBeDefined();
      expect(ids).toContain(environmentId);
    }
  });

  test('every step is one that the harness or the service runs, and those of the harness say where', () => {
    const steps = executed(runs[name]);
    expect(steps.length).toBeGreaterThan(50);
    for (const [, { uniqueName, spec, environmentId }] of steps) {
      const urn = spec?.urn ?? '';
      expect([uniqueName, OPERATORS.has(urn) || SERVICE.includes(urn)]).toEqual([uniqueName, true]);
      if (urn === 'beam:transform:pardo:v1' || RUN_WHOLE[0] === urn)
        expect([uniqueName, environmentId]).toEqual([uniqueName, Object.keys(components().environments)[0]]);
    }
    const names = Object.values(components().transforms).map(({ uniqueName }) => uniqueName);
    expect(new Set(names).size).toBe(names.length);
  });

  test('every function is registered where a worker finds it', () => {
    const kinds = new Set<string>();
    // Also those of a combine's parts, which the service executes where it doesn't lift.
    for (const { uniqueName, spec } of Object.values(components().transforms)) {
      if (spec?.urn !== 'beam:transform:pardo:v1') continue;
      const { doFn, sideInputs } = runnerApi.ParDoPayload.fromBinary(spec.payload);
      expect([uniqueName, DO_FN_OPERATORS.has(doFn!.urn)]).toEqual([uniqueName, true]);
      const isCombine = doFn!.urn === COMBINE_VALUES_FN_URN;
      const fn = isCombine ? runnerApi.CombinePayload.fromBinary(doFn!.payload).combineFn! : doFn!;
      if (fn.payload.length > 0) restore(fn.payload);
      // A closure would come as text, and know nothing of what it captured.
      expect([uniqueName, Buffer.from(fn.payload).includes('=>')]).toEqual([uniqueName, false]);
      for (const { windowMappingFn, accessPattern } of Object.values(sideInputs)) {
        expect(WINDOW_MAPPING_URNS).toContain(windowMappingFn?.urn);
        expect(accessPattern?.urn).toBe('beam:side_input:iterable:v1');
      }
      kinds.add(doFn!.urn);
    }
    expect(kinds.size).toBeGreaterThan(2);
    expect(kinds).toContain(COMBINE_VALUES_FN_URN);
  });

  test('every coder and every window is one that the harness can make', () => {
    const coders = new Coders(components().coders);
    for (const id of Object.keys(components().coders)) expect(coders.get(id)).toBeDefined();
    for (const { windowFn } of Object.values(components().windowingStrategies))
      expect([windowFn?.urn, windowFnFromProto(windowFn) !== undefined]).toEqual([windowFn?.urn, true]);
  });

  test('no values cross from stage to stage in the SDK’s coder that cuts numbers', () => {
    const { pcollections, coders } = components();
    const holdsGeneric = (id: string): boolean =>
      coders[id].spec?.urn === GENERIC || coders[id].componentCoderIds.some(holdsGeneric);
    const crossing = executed(runs[name]).flatMap(([, { uniqueName, spec, inputs }]) => {
      const isShuffle = [
        'beam:transform:group_by_key:v1',
        'beam:transform:flatten:v1',
        ...RUN_WHOLE,
      ].includes(spec?.urn ?? '');
      const hasSide = Object.keys(inputs).some((input) => input.startsWith('side.'));
      return isShuffle || hasSide ? Object.values(inputs).map((id) => [uniqueName, id]) : [];
    });
    expect(crossing.length).toBeGreaterThan(5);
    expect(crossing.filter(([, id]) => holdsGeneric(pcollections[id].coderId))).toEqual([]);
  });

  test('every collection is made by a step, and has a coder, a windowing and a boundedness', () => {
    const made = new Set(
      Object.values(components().transforms).flatMap(({ outputs }) => Object.values(outputs)),
    );
    expect(Object.keys(components().pcollections).filter((id) => !made.has(id))).toEqual([]);
    for (const { coderId, windowingStrategyId, isBounded } of Object.values(components().pcollections)) {
      expect(components().coders[coderId]).toBeDefined();
      expect(components().windowingStrategies[windowingStrategyId]).toBeDefined();
      expect([runnerApi.IsBounded_Enum.BOUNDED, runnerApi.IsBounded_Enum.UNBOUNDED]).toContain(isBounded);
      if (name !== 'stream') expect(isBounded).toBe(runnerApi.IsBounded_Enum.BOUNDED);
    }
  });
});

test('coders that the worker says it knows are known', () => {
  const known = globalRegistry() as unknown as { internal_registry: object; constructors?: object };
  const text = JSON.stringify(Object.keys({ ...known.internal_registry, ...known.constructors }));
  const claimed = HARNESS_CAPABILITIES.filter((each) => each.startsWith('beam:coder:'));
  expect(claimed.length).toBeGreaterThan(8);
  for (const urn of claimed) expect(text).toContain(urn);
});

test('the service reads the subscription, with event times and identities from attributes', () => {
  const reads = executed(runs.stream).filter(([, { spec }]) => spec?.urn === 'beam:transform:pubsub_read:v1');
  expect(reads).toHaveLength(1);
  const [[, { spec, environmentId, outputs }]] = reads;
  expect(runnerApi.PubSubReadPayload.fromBinary(spec!.payload)).toMatchObject({
    topic: '',
    subscription: 'projects/my-shop/subscriptions/events-sub',
    timestampAttribute: 'event_time',
    idAttribute: 'event_id',
    withAttributes: true,
  });
  const { pcollections, coders, environments } = runs.stream.pipeline.components!;
  expect(Object.keys(environments)).toContain(environmentId);
  const [output] = Object.values(outputs).map((id) => pcollections[id]);
  expect(output.isBounded).toBe(runnerApi.IsBounded_Enum.UNBOUNDED);
  expect(coders[output.coderId].spec?.urn).toBe('beam:coder:bytes:v1');
});

test('the service is told of no identities where there are none', async () => {
  for (const [given, idAttribute] of [
    ['none', ''],
    ['message_id', 'message_id'],
  ]) {
    const run = await dryRun(join(folder, given), [...STREAM, '--id-attribute', given]);
    const [[, { spec }]] = executed(run).filter(
      ([, { spec: each }]) => each?.urn === 'beam:transform:pubsub_read:v1',
    );
    expect(runnerApi.PubSubReadPayload.fromBinary(spec!.payload).idAttribute).toBe(idAttribute);
  }
});

/** The functions of a kind in the graph of a run. */
function functionsOf<T>(run: DryRun, name: string): T[] {
  return executed(run)
    .filter(([, { spec }]) => spec?.urn === 'beam:transform:pardo:v1')
    .map(([, { spec }]) => runnerApi.ParDoPayload.fromBinary(spec!.payload).doFn!.payload)
    .filter((payload) => payload.length > 0)
    .map((payload) => restore<{ doFn?: object }>(payload).doFn)
    .filter((doFn) => doFn?.constructor.name === name) as T[];
}

test('slots, shards and early firings are those for many machines, unless others are given', async () => {
  interface Parse {
    options: { slotMinutes: number; shards: number };
  }
  const delays = ({ pipeline }: DryRun): string[] =>
    Object.values(pipeline.components!.windowingStrategies).flatMap((strategy) =>
      [...runnerApi.WindowingStrategy.toJsonString(strategy).matchAll(/"delayMillis":"(\d+)"/g)].map(
        ([, ms]) => ms,
      ),
    );
  for (const run of [runs.batch, runs.stream])
    expect(functionsOf<Parse>(run, 'ParseChunks')[0].options).toMatchObject({ slotMinutes: 5, shards: 32 });
  expect(delays(runs.stream)).toEqual(['60000']);
  const given = await dryRun(join(folder, 'given'), [
    ...STREAM,
    ...['--slot', '15', '--shards', '4', '--early-firing', '20s'],
  ]);
  expect(functionsOf<Parse>(given, 'ParseChunks')[0].options).toMatchObject({ slotMinutes: 15, shards: 4 });
  expect(delays(given)).toEqual(['20000']);
});

test('rows are staged below the job’s own folder, and published from there', () => {
  const folders = functionsOf<{ folder: string }>(runs.batch, 'StageObjects').map((each) => each.folder);
  const { temp_location } = runs.batch.job.environment.sdkPipelineOptions.options;
  expect(folders).toHaveLength(7);
  expect(new Set(folders)).toEqual(new Set([`${temp_location}/rows`]));
  const [publish] = functionsOf<{ options: object }>(runs.batch, 'PublishToBigquery');
  expect(publish.options).toMatchObject({
    dataset: { project: 'my-shop', dataset: 'funnel' },
    staging: null,
    omit: ['silver_events'],
  });
  expect(functionsOf(runs.silver, 'StageObjects')).toHaveLength(8);
});

test('a stream writes its seven tables and its run', () => {
  const tables = functionsOf<{ table: string }>(runs.stream, 'WriteRows').map(({ table }) => table);
  expect(tables.sort()).toEqual([
    'dead_letters',
    'gold_anomalies_hourly_brand',
    'gold_funnel_daily_brand',
    'gold_funnel_daily_category',
    'gold_funnel_hourly_brand',
    'gold_funnel_hourly_price_band',
    'pipeline_ledger',
  ]);
  const entered = functionsOf<{ run: object }>(runs.stream, 'EnterRun');
  expect(entered).toHaveLength(2);
  for (const { run } of entered)
    expect(run).toMatchObject({ mode: 'streaming', state_id: 'my-shop/europe-west1/funnelpulse-stream' });
});
