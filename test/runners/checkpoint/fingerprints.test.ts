/** Fingerprints tell graphs apart by what their state depends on, and by nothing else. */

import { RowCoder } from 'apache-beam/coders/row_coder';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { pinned } from '../../../beam/pin';
import { combinePerKey, groupByKey, parDo, type Root, windowInto, withName } from '../../../beam/sdk';
import { asList } from '../../../beam/side_inputs';
import { FixedWindows, Sessions } from '../../../beam/windows';
import { fingerprintsOf } from '../../../runners/local/checkpoint/fingerprints';
import { apply, type Collection, elements, int, keyed, make, params, pipeline, text } from '../graphs';

type Strategy = Partial<runnerApi.WindowingStrategy>;

interface Changes {
  readonly windows?: FixedWindows | Sessions;
  readonly strategy?: Strategy;
  readonly value?: typeof int;
  readonly key?: typeof int;
  readonly side?: typeof int;
  readonly sideWindows?: FixedWindows;
  readonly fn?: number;
  readonly first?: string;
  readonly more?: boolean;
}

const DEFAULT = runnerApi.WindowingStrategy.create({
  trigger: { trigger: { oneofKind: 'default', default: {} } },
  accumulationMode: runnerApi.AccumulationMode_Enum.DISCARDING,
  outputTime: runnerApi.OutputTime_Enum.END_OF_WINDOW,
  closingBehavior: runnerApi.ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
  onTimeBehavior: runnerApi.OnTimeBehavior_Enum.FIRE_ALWAYS,
  allowedLateness: 0n,
  environmentId: 'jsEnvironment',
});

/** A grouping, a combine, and a step with a side input. */
function graph({
  windows = new FixedWindows(1000),
  strategy,
  value = int,
  key = text,
  side = text,
  sideWindows = new FixedWindows(1000),
  fn = 3,
  first = 'Emit',
  more = false,
}: Changes = {}): runnerApi.Pipeline {
  return pipeline((root: Root) => {
    const into = (name: string, of: FixedWindows | Sessions, base: Strategy = {}) =>
      withName(name, windowInto(of as never, { ...DEFAULT, ...base })) as never;
    const numbers = elements(root, first, [1, 2, 3], int);
    const windowed = numbers.apply(into('Windows', windows, strategy)) as Collection;
    const pairs = apply(windowed, 'Key', make('KeyByRemainder', fn), keyed(value, key));
    pairs.apply(withName('Group', groupByKey()));
    pairs.apply(withName('Sum', combinePerKey(make('SumFn'))));
    const looked = elements(root, 'Side', ['a'], side).apply(into('Side windows', sideWindows)) as Collection;
    const main = elements(root, 'Main', [1], int).apply(into('Main windows', new FixedWindows(1000)));
    const context = { ...params(), side: asList(looked) };
    (main as Collection).apply(pinned('Look', parDo(make('Collect', '/tmp/x'), context as never)) as never);
    if (more) apply(numbers, 'More', make('KeyByRemainder', 1), keyed(int));
  });
}

const plain = fingerprintsOf(graph());
/** Steps whose fingerprint is another one. */
const changed = (changes: Changes): string[] => {
  const { steps } = fingerprintsOf(graph(changes));
  return Object.keys({ ...plain.steps, ...steps }).filter((name) => steps[name] !== plain.steps[name]);
};

test('each grouping and each step with a side input has one', () => {
  expect(Object.keys(plain.steps)).toEqual(['Group', 'Sum/Group', 'Look']);
  for (const print of [...Object.values(plain.steps), plain.graph]) expect(print).toMatch(/^[0-9a-f]{16}$/);
});

test('the same graph has the same, whatever its functions are given', () => {
  expect(fingerprintsOf(graph())).toEqual(plain);
  expect(fingerprintsOf(graph({ fn: 4 }))).toEqual(plain);
});

const { AccumulationMode_Enum, ClosingBehavior_Enum, OnTimeBehavior_Enum, OutputTime_Enum } = runnerApi;
const count = (elementCount: number): runnerApi.Trigger => ({
  trigger: { oneofKind: 'elementCount', elementCount: { elementCount } },
});
const late = (delay: bigint): runnerApi.Trigger => ({
  trigger: {
    oneofKind: 'afterProcessingTime',
    afterProcessingTime: {
      timestampTransforms: [{ timestampTransform: { oneofKind: 'delay', delay: { delayMillis: delay } } }],
    },
  },
});

test.each<[string, Changes]>([
  ['size of windows', { windows: new FixedWindows(2000) }],
  ['offset of windows', { windows: new FixedWindows(1000, 1) }],
  ['lateness', { strategy: { allowedLateness: 1n } }],
  ['trigger', { strategy: { trigger: count(1) } }],
  ['accumulation', { strategy: { accumulationMode: AccumulationMode_Enum.ACCUMULATING } }],
  ['closing', { strategy: { closingBehavior: ClosingBehavior_Enum.EMIT_ALWAYS } }],
  ['on-time panes', { strategy: { onTimeBehavior: OnTimeBehavior_Enum.FIRE_IF_NONEMPTY } }],
  ['coder of values', { value: text }],
  ['coder of keys', { key: int }],
])('of groupings: %s', (_, changes) => {
  expect(changed(changes)).toEqual(['Group', 'Sum/Group']);
});

test.each<[string, Changes]>([
  ['kind of windows', { windows: new Sessions(1000) }],
  ['timestamps of panes', { strategy: { outputTime: OutputTime_Enum.LATEST_IN_PANE } }],
])('of groupings: %s, for which the SDK writes a combine in another way', (_, changes) => {
  expect(changed(changes)).toEqual(['Group', 'Sum/Group', 'Sum/groupByKey']);
});

test('of groupings: a number in a trigger', () => {
  const steps = [count(2), count(3), late(1n), late(2n)].map(
    (trigger) => fingerprintsOf(graph({ strategy: { trigger } })).steps.Group,
  );
  expect(new Set(steps).size).toBe(4);
});

test.each<[string, Changes]>([
  ['coder', { side: int }],
  ['windows', { sideWindows: new FixedWindows(500) }],
])('of side inputs: %s', (_, changes) => {
  expect(changed(changes)).toEqual(['Look']);
});

test('of a combine: the accumulator’s coder', () => {
  const proto = graph();
  const [transform] = Object.values(proto.components!.transforms).filter(
    ({ spec }) => spec?.urn === 'beam:transform:combine_per_key:v1',
  );
  const payload = runnerApi.CombinePayload.fromBinary(transform.spec!.payload);
  const other = Object.entries(proto.components!.coders).find(
    ([id, { spec }]) => spec?.urn === 'beam:coder:string_utf8:v1' && id !== payload.accumulatorCoderId,
  )![0];
  transform.spec!.payload = runnerApi.CombinePayload.toBinary({ ...payload, accumulatorCoderId: other });
  const { steps } = fingerprintsOf(proto);
  expect({ ...steps, 'Sum/Group': '' }).toEqual({ ...plain.steps, 'Sum/Group': '' });
  expect(steps['Sum/Group']).not.toBe(plain.steps['Sum/Group']);
});

test('ids of coders and environments do not count', () => {
  const proto = graph();
  const { coders, pcollections, windowingStrategies } = proto.components!;
  const renamed = (id: string) => (id === '' ? id : `other ${id}`);
  proto.components!.coders = Object.fromEntries(
    Object.entries(coders).map(([id, { spec, componentCoderIds }]) => [
      renamed(id),
      { spec: spec!, componentCoderIds: componentCoderIds.map(renamed) },
    ]),
  );
  for (const pcollection of Object.values(pcollections)) pcollection.coderId = renamed(pcollection.coderId);
  for (const strategy of Object.values(windowingStrategies)) {
    strategy.windowCoderId = renamed(strategy.windowCoderId);
    strategy.environmentId = 'another';
  }
  for (const { spec } of Object.values(proto.components!.transforms)) {
    if (spec?.urn !== 'beam:transform:combine_per_key:v1') continue;
    const payload = runnerApi.CombinePayload.fromBinary(spec.payload);
    const accumulatorCoderId = renamed(payload.accumulatorCoderId);
    spec.payload = runnerApi.CombinePayload.toBinary({ ...payload, accumulatorCoderId });
  }
  expect(fingerprintsOf(proto)).toEqual(plain);
});

test('a row counts by its fields', () => {
  const row = (json: object) =>
    fingerprintsOf(graph({ value: RowCoder.fromJSON(json) as unknown as typeof int })).steps.Group;
  expect(row({ a: 1 })).toBe(row({ a: 2 }));
  expect(row({ a: 1 })).not.toBe(row({ a: 'text' }));
  expect(row({ a: 1 })).not.toBe(row({ b: 1 }));
});

test('of the graph: names and order of all steps', () => {
  const { steps, graph: more } = fingerprintsOf(graph({ more: true }));
  expect(steps).toEqual(plain.steps);
  expect(more).not.toBe(plain.graph);
  expect(fingerprintsOf(graph({ first: 'Other' })).graph).not.toBe(plain.graph);
});
