/** The pipelines of cases, as protos: windows, triggers and views have to reach the runner as the case says them. */
import '../../beam/sdk';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { MAX_TIMESTAMP, TEST_STREAM_URN, taggedTestStream, testStream } from '../../beam/test_stream';
import type { Case, CaseTrigger, CaseWindowing } from './case_format';
import { pipelineOf } from './graph';
import { KEYED } from './stream';
import { continuation, triggerProto } from './triggers';

const FIXED = { type: 'fixed', sizeMs: 60_000 } as const;
const FULL: CaseWindowing = {
  fn: FIXED,
  trigger: { type: 'repeat', of: { type: 'elementCount', n: 3 } },
  accumulation: 'accumulating',
  allowedLatenessMs: 5000,
  timestampCombiner: 'EARLIEST',
  closingBehavior: 'FIRE_ALWAYS',
  onTimeBehavior: 'FIRE_IF_NON_EMPTY',
};

function components(c: Partial<Case>): runnerApi.Components {
  return pipelineOf({ name: '', what: '', events: [], ...c }, 'none').components!;
}

function step(all: runnerApi.Components, name: string): runnerApi.PTransform {
  return Object.values(all.transforms).find(({ uniqueName }) => uniqueName === name)!;
}

function strategyInto(all: runnerApi.Components, name: string): runnerApi.WindowingStrategy {
  const [input] = Object.values(step(all, name).inputs);
  return all.windowingStrategies[all.pcollections[input].windowingStrategyId];
}

function payload(all: runnerApi.Components): runnerApi.TestStreamPayload {
  return runnerApi.TestStreamPayload.fromBinary(step(all, 'source').spec!.payload);
}

test('a windowing reaches the grouping with all it says', () => {
  const all = components({ windowing: FULL });
  expect(strategyInto(all, 'group-0')).toMatchObject({
    windowFn: { urn: 'beam:window_fn:fixed_windows:v1' },
    trigger: { trigger: { repeat: { subtrigger: { trigger: { elementCount: { elementCount: 3 } } } } } },
    accumulationMode: runnerApi.AccumulationMode_Enum.ACCUMULATING,
    allowedLateness: 5000n,
    outputTime: runnerApi.OutputTime_Enum.EARLIEST_IN_PANE,
    closingBehavior: runnerApi.ClosingBehavior_Enum.EMIT_ALWAYS,
    onTimeBehavior: runnerApi.OnTimeBehavior_Enum.FIRE_IF_NONEMPTY,
  });
});

test("what is absent has Beam's defaults", () => {
  expect(strategyInto(components({ windowing: { fn: FIXED } }), 'group-0')).toMatchObject({
    trigger: { trigger: { oneofKind: 'default' } },
    accumulationMode: runnerApi.AccumulationMode_Enum.DISCARDING,
    allowedLateness: 0n,
    outputTime: runnerApi.OutputTime_Enum.END_OF_WINDOW,
    closingBehavior: runnerApi.ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior: runnerApi.OnTimeBehavior_Enum.FIRE_ALWAYS,
  });
});

test('an accumulation mode that is needed and absent is left for the runner to refuse', () => {
  const { accumulation: _, ...windowing } = FULL;
  expect(strategyInto(components({ windowing }), 'group-0').accumulationMode).toBe(
    runnerApi.AccumulationMode_Enum.UNSPECIFIED,
  );
});

test('a trigger without a lateness has no proto', () => {
  const { allowedLatenessMs: _, ...windowing } = FULL;
  expect(() => components({ windowing })).toThrow('window-0: a trigger needs an allowed lateness');
  expect(() => components({ windowing: { ...windowing, fn: { type: 'global' } } })).not.toThrow();
});

test('calendar windows go by a name of their own', () => {
  const fn = { type: 'calendarDays', days: 2, timeZone: 'Europe/Berlin' } as const;
  expect(strategyInto(components({ windowing: { fn } }), 'group-0').windowFn?.urn).toMatch(/calendar/);
});

test('a second stage takes over what it does not say, and the continuation of the trigger', () => {
  const stages = [FULL, { fn: { ...FIXED, sizeMs: 120_000 }, allowedLatenessMs: 1 }];
  expect(strategyInto(components({ kind: 'pipeline', stages }), 'group-1')).toMatchObject({
    trigger: triggerProto({ type: 'repeat', of: { type: 'elementCount', n: 1 } }),
    accumulationMode: runnerApi.AccumulationMode_Enum.ACCUMULATING,
    allowedLateness: 5000n,
    outputTime: runnerApi.OutputTime_Enum.EARLIEST_IN_PANE,
  });
});

test('a strategy can change without new windows', () => {
  const all = components({ kind: 'pipeline', stages: [FULL, { accumulation: 'discarding' }] });
  const { accumulationMode, windowFn } = strategyInto(all, 'group-1');
  expect(accumulationMode).toBe(runnerApi.AccumulationMode_Enum.DISCARDING);
  expect(windowFn).toEqual(strategyInto(all, 'group-0').windowFn);
});

test('sessions that were grouped merge no more', () => {
  const stages = [{ ...FULL, fn: { type: 'sessions', gapMs: 1000 } as const }, {}];
  const all = components({ kind: 'pipeline', stages });
  expect(strategyInto(all, 'group-0').mergeStatus).toBe(runnerApi.MergeStatus_Enum.NEEDS_MERGE);
  expect(strategyInto(all, 'group-1').mergeStatus).toBe(runnerApi.MergeStatus_Enum.ALREADY_MERGED);
});

const count = (n: number): CaseTrigger => ({ type: 'elementCount', n });
const delay: CaseTrigger = { type: 'afterProcessingTime', delayMs: 10 };
const sync: CaseTrigger = { type: 'afterSynchronizedProcessingTime' };

test.each<[CaseTrigger, CaseTrigger]>([
  [{ type: 'default' }, { type: 'default' }],
  [{ type: 'never' }, { type: 'never' }],
  [{ type: 'always' }, { type: 'always' }],
  [count(5), count(1)],
  [delay, sync],
  [sync, sync],
  [
    { type: 'afterEndOfWindow', early: delay, late: count(2) },
    { type: 'afterEndOfWindow', early: sync, late: count(1) },
  ],
  [
    { type: 'afterAll', of: [count(2), delay] },
    { type: 'afterAll', of: [count(1), sync] },
  ],
  [
    { type: 'afterEach', of: [count(2), delay] },
    { type: 'repeat', of: { type: 'afterAny', of: [count(1), sync] } },
  ],
  [
    { type: 'orFinally', main: { type: 'repeat', of: count(2) }, until: delay },
    {
      type: 'repeat',
      of: { type: 'orFinally', main: { type: 'repeat', of: count(1) }, until: sync },
    },
  ],
])('the continuation of %j is %j', (trigger, expected) => {
  expect(continuation(trigger)).toEqual(expected);
});

test('a delay comes before the alignment', () => {
  const trigger = triggerProto({
    type: 'afterProcessingTime',
    delayMs: 10,
    alignTo: { periodMs: 60, offsetMs: 5 },
  });
  const transforms = (trigger.trigger as { afterProcessingTime: runnerApi.Trigger_AfterProcessingTime })
    .afterProcessingTime.timestampTransforms;
  expect(transforms.map(({ timestampTransform }) => timestampTransform)).toEqual([
    { oneofKind: 'delay', delay: { delayMillis: 10n } },
    { oneofKind: 'alignTo', alignTo: { period: 60n, offset: 5n } },
  ]);
});

test('the events of two sources are one stream, each with its tag, and open sources are ended', () => {
  const all = components({
    kind: 'flatten',
    windowing: { fn: FIXED },
    events: [
      { element: { key: 'a', value: 1, ts: 5 } },
      { element: { key: 'b', value: 2, ts: -6 }, source: 'side' },
      { processingTime: 10 },
      { watermark: 'GLOBAL_END' },
      { watermark: 'end', source: 'side' },
    ],
  });
  expect(step(all, 'source').spec?.urn).toBe(TEST_STREAM_URN);
  expect(Object.keys(step(all, 'source').outputs)).toEqual(['main', 'side']);
  for (const id of Object.values(step(all, 'source').outputs))
    expect(all.pcollections[id].isBounded).toBe(runnerApi.IsBounded_Enum.UNBOUNDED);
  const { events, coderId } = payload(all);
  expect(all.coders[coderId].spec?.urn).toBe('beam:coder:kv:v1');
  expect(events.map(({ event }) => event)).toMatchObject([
    { elementEvent: { tag: 'main', elements: [{ timestamp: 5n }] } },
    { elementEvent: { tag: 'side', elements: [{ timestamp: -6n }] } },
    { processingTimeEvent: { advanceDuration: 10n } },
    { watermarkEvent: { tag: 'main', newWatermark: 9223371950454775n } },
    { watermarkEvent: { tag: 'side', newWatermark: 9223372036854775n } },
    { watermarkEvent: { tag: 'main', newWatermark: 9223372036854775n } },
  ]);
});

test('a TestStream refuses what no stream does', () => {
  const stream = testStream(KEYED).advanceWatermarkTo(1000);
  expect(() => stream.advanceWatermarkTo(999)).toThrow("The watermark can't go back from 1000 to 999");
  expect(() => stream.advanceWatermarkTo(1000)).not.toThrow();
  expect(() => stream.advanceWatermarkToInfinity().advanceWatermarkTo(MAX_TIMESTAMP.sub(1))).toThrow(
    RangeError,
  );
  expect(() => stream.advanceProcessingTimeBy(-1)).toThrow(RangeError);
  expect(() => stream.element({ key: 'a', value: 1 }, 0.5)).toThrow(RangeError);
  expect(() => stream.element({ key: 'a', value: 1 }, 0, 'side')).toThrow(RangeError);
  const tagged = taggedTestStream(KEYED, ['left', 'right']).advanceWatermarkTo(5, 'left');
  expect(() => tagged.advanceWatermarkTo(4, 'right')).not.toThrow();
  expect(() => tagged.advanceWatermarkTo(6)).toThrow(RangeError);
});
