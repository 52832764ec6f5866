/** What the runner can't do as the model says it refuses at submission, with the step's name. */
import {
  AccumulationMode_Enum,
  FunctionSpec,
  IsBounded_Enum,
  MergeStatus_Enum,
  OutputTime_Enum,
  ParDoPayload,
  type Pipeline,
  type Trigger,
  WindowingStrategy,
} from 'apache-beam/proto/beam_runner_api';
import { groupByKey, type Root, windowInto, withName } from '../../beam/sdk';
import { asList } from '../../beam/side_inputs';
import { FixedWindows, Sessions } from '../../beam/windows';
import { runDirect } from '../../runners/direct';
import { runLocally } from '../../runners/local';
import { apply, type Collection, collect, elements, int, keyed, make, newFile, pipeline } from './graphs';

const count = (elementCount: number): Trigger => ({
  trigger: { oneofKind: 'elementCount', elementCount: { elementCount } },
});
const afterEnd = (earlyFirings?: Trigger, lateFirings?: Trigger): Trigger => ({
  trigger: {
    oneofKind: 'afterEndOfWindow',
    afterEndOfWindow: { ...(earlyFirings && { earlyFirings }), ...(lateFirings && { lateFirings }) },
  },
});
const repeat = (subtrigger: Trigger): Trigger => ({
  trigger: { oneofKind: 'repeat', repeat: { subtrigger } },
});

function grouped(trigger: Trigger, more: Partial<WindowingStrategy> = {}): Pipeline {
  const strategy = WindowingStrategy.create({
    trigger,
    accumulationMode: AccumulationMode_Enum.ACCUMULATING,
    outputTime: OutputTime_Enum.END_OF_WINDOW,
    allowedLateness: 0n,
    ...more,
  } as never);
  return pipeline((root) => {
    const numbers = apply(elements(root, 'Emit', [1, 2], int), 'Key', make('KeyByRemainder', 1), keyed(int));
    const windowed = numbers.apply(withName('Window', windowInto(new FixedWindows(1000) as never, strategy)));
    windowed.apply(withName('Group', groupByKey()));
  });
}

const run = (graph: Pipeline) => runLocally(graph, { workers: 0, registration: [] });

test.each<[string, Trigger, Partial<WindowingStrategy>, RegExp]>([
  ['a count that fires once', count(1), {}, /may finish/],
  ['the end of the window once, with lateness', afterEnd(count(1)), { allowedLateness: 1n }, /may finish/],
  [
    'synchronised processing time',
    repeat({
      trigger: { oneofKind: 'afterSynchronizedProcessingTime', afterSynchronizedProcessingTime: {} },
    }),
    {},
    /trigger afterSynchronizedProcessingTime is not supported/,
  ],
  ['retractions', repeat(count(1)), { accumulationMode: AccumulationMode_Enum.RETRACTING }, /retractions/],
])('refuses %s', async (_what, trigger, more, reason) => {
  await expect(run(grouped(trigger, more))).rejects.toMatchObject({
    name: 'UnsupportedStepError',
    step: 'Group',
    message: reason,
  });
});

test.each<[string, Trigger, Partial<WindowingStrategy>]>([
  ['the end of the window once, without lateness', afterEnd(count(1)), {}],
  ['early and late firings, with lateness', afterEnd(count(1), count(1)), { allowedLateness: 7_200_000n }],
  ['a repeated count', repeat(count(3)), { allowedLateness: 1n }],
])('takes %s', async (_what, trigger, more) => {
  await expect(run(grouped(trigger, more))).resolves.toBeDefined();
});

function changed(build: (root: Root) => void, change: (proto: Pipeline) => void): Pipeline {
  const proto = pipeline(build);
  change(proto);
  return proto;
}

const simple = (root: Root) => void apply(elements(root, 'Emit', [1], int), 'Work', make('Nothing'));
const stepNamed = (proto: Pipeline, name: string) =>
  Object.values(proto.components!.transforms).find(({ uniqueName }) => uniqueName === name)!;
const setPayload = (proto: Pipeline, change: (payload: ParDoPayload) => void): void => {
  const { spec } = stepNamed(proto, 'Work');
  const payload = ParDoPayload.fromBinary(spec!.payload);
  change(payload);
  spec!.payload = ParDoPayload.toBinary(payload);
};

test.each<[string, string, Pipeline, RegExp]>([
  [
    'a source it does not know',
    'Emit, impulse',
    changed(simple, (proto) => {
      stepNamed(proto, 'Emit, impulse').spec = {
        urn: 'beam:transform:pubsub_read:v1',
        payload: new Uint8Array(),
      };
    }),
    /teststream/,
  ],
  [
    'unbounded input',
    'Emit, impulse',
    changed(simple, (proto) => {
      for (const pcollection of Object.values(proto.components!.pcollections)) {
        pcollection.isBounded = IsBounded_Enum.UNBOUNDED;
      }
    }),
    /unbounded/,
  ],
  [
    'state',
    'Work',
    changed(simple, (proto) =>
      setPayload(proto, (payload) => {
        payload.stateSpecs.seen = { spec: { oneofKind: undefined } } as never;
      }),
    ),
    /state/,
  ],
  [
    'timers',
    'Work',
    changed(simple, (proto) =>
      setPayload(proto, (payload) => {
        payload.timerFamilySpecs.later = { timeDomain: 1, timerFamilyCoderId: 'x' };
      }),
    ),
    /timers/,
  ],
  [
    'splittable DoFns',
    'Work',
    changed(simple, (proto) =>
      setPayload(proto, (payload) => {
        payload.restrictionCoderId = 'x';
      }),
    ),
    /splittable/,
  ],
  [
    'functions of other languages',
    'Work',
    changed(simple, (proto) =>
      setPayload(proto, (payload) => {
        payload.doFn = FunctionSpec.create({ urn: 'beam:dofn:javasdk:0.1' });
      }),
    ),
    /javasdk/,
  ],
  [
    'calendar windows',
    'Group',
    changed(
      (root) => {
        const numbers = apply(elements(root, 'Emit', [1], int), 'Key', make('KeyByRemainder', 1), keyed(int));
        const days = numbers.apply(withName('Window', windowInto(new FixedWindows(86_400_000) as never)));
        days.apply(withName('Group', groupByKey()));
      },
      (proto) => {
        for (const { windowFn } of Object.values(proto.components!.windowingStrategies)) {
          if (windowFn?.urn.includes('fixed')) windowFn.urn = 'beam:window_fn:calendar_days:v1';
        }
      },
    ),
    /calendar_days/,
  ],
  [
    'sessions as side input',
    'Work',
    changed(
      (root) => {
        const main = elements(root, 'Emit', [1], int).apply(
          withName('Window', windowInto(new Sessions(1000) as never)),
        ) as Collection;
        collect(main, 'Work', 'never written', asList(main) as never);
      },
      (proto) => {
        for (const strategy of Object.values(proto.components!.windowingStrategies)) {
          if (strategy.windowFn?.urn.includes('session')) strategy.mergeStatus = MergeStatus_Enum.NEEDS_MERGE;
        }
      },
    ),
    /session/,
  ],
])('refuses %s', async (_what, step, proto, reason) => {
  await expect(run(proto)).rejects.toMatchObject({ name: 'UnsupportedStepError', step, message: reason });
});

test('the DirectRunner refuses merging windows', async () => {
  const proto = pipeline((root) => {
    elements(root, 'Emit', [1], int).apply(withName('Window', windowInto(new Sessions(1000) as never)));
  });
  await expect(runDirect(proto)).rejects.toThrow('MergeStatus');
});

test('the DirectRunner counts', async () => {
  const proto = pipeline((root) => collect(elements(root, 'Emit', [1, 2, 3], int), 'Collect', newFile()));
  expect((await runDirect(proto)).counters.get('collected')).toBe(3);
});
