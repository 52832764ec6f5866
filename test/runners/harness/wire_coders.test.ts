/** Elements in the coders that runners choose, and the steps that runners write themselves: about windows. */
import type { Coder } from 'apache-beam/coders/coders';
import {
  BytesCoder,
  FullWindowedValueCoder,
  GlobalWindowCoder,
  IntervalWindowCoder,
  IterableCoder,
  KVCoder,
  LengthPrefixedCoder,
  StrUtf8Coder,
} from 'apache-beam/coders/standard_coders';
import { GLOBAL_WINDOW_MAPPING_FN_URN, IDENTITY_WINDOW_MAPPING_FN_URN } from 'apache-beam/internal/urns';
import { FunctionSpec } from 'apache-beam/proto/beam_runner_api';
import { GlobalWindow, IntervalWindow } from 'apache-beam/values';
import Long from 'long';
import { JsonCoder } from '../../../beam/json_coder';
import { PrecedingWindow } from '../../../beam/preceding_window';
import { Sessions } from '../../../beam/windows';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { decodedElements, doFn, encoded, type StageOptions, stageOf } from './described_stage';
import { PlayingRunner } from './playing_runner';
import { Same } from './stage_fns';

let runner: PlayingRunner;
let worker: FnWorker;
let bundles = 0;
beforeEach(async () => {
  runner = await PlayingRunner.start();
  worker = await runner.worker();
});
afterEach(async () => {
  await worker.stop();
  runner.stop();
});

const whole = (coder: unknown, windows: unknown = GlobalWindowCoder.INSTANCE) =>
  new FullWindowedValueCoder(coder as never, windows as never) as never as Coder<unknown>;

/** Runs a bundle through a stage with these coders at its edges; the values that come out. */
async function run(
  values: readonly unknown[],
  input: Coder<unknown>,
  output: Coder<unknown>,
  options: Partial<StageOptions>,
): Promise<unknown[]> {
  const id = `${++bundles}`;
  runner.descriptors.set(id, stageOf(id, { address: runner.address, ...options }));
  const done = runner.bundle(id, id);
  await runner.send(id, 'in', encoded(values, input), true);
  await done;
  const { messages } = await runner.ended(id, 'out');
  return decodedElements(messages, output).map(({ value }) => value);
}

const CODERS = {
  json: [JsonCoder.URN],
  'any length json': ['beam:coder:length_prefix:v1', 'json'],
  'any length text': ['beam:coder:length_prefix:v1', 'text'],
  texts: ['beam:coder:iterable:v1', 'any length text'],
  'json by bytes': ['beam:coder:kv:v1', 'bytes', 'any length json'],
  'texts by json': ['beam:coder:kv:v1', 'any length json', 'texts'],
} as const as never;

const same = { same: doFn(new Same()) };
const prefixed = (coder: unknown) => new LengthPrefixedCoder(coder as never);

test('coders that the runner does not know come with the length of what they made', async () => {
  const coder = whole(new KVCoder(new BytesCoder() as never, prefixed(new JsonCoder()) as never));
  const values = [
    { key: new Uint8Array([0, 200]), value: { a: [1, 2.5, null], b: 'ä' } },
    { key: new Uint8Array(), value: 5_000_000_000 },
    { key: new Uint8Array([1]), value: '' },
  ];
  const edges = { input: 'json by bytes', output: 'json by bytes' };
  const out = await run(values, coder, coder, { coders: CODERS, steps: same, ...edges });
  expect(out).toEqual(values);
});

test('groups', async () => {
  const texts = new IterableCoder(prefixed(new StrUtf8Coder()) as never);
  const coder = whole(new KVCoder(prefixed(new JsonCoder()) as never, texts as never));
  const values = [
    { key: { k: 1 }, value: ['a', '', 'b'.repeat(300)] },
    { key: 'none', value: [] },
  ];
  const edges = { input: 'texts by json', output: 'texts by json' };
  expect(await run(values, coder, coder, { coders: CODERS, steps: same, ...edges })).toEqual(values);
});

describe('windows', () => {
  const nonce = new Uint8Array([7]);
  const window = (start: number, end: number) =>
    new IntervalWindow(Long.fromNumber(start), Long.fromNumber(end));
  const interval = IntervalWindowCoder.INSTANCE as unknown as Coder<unknown>;
  const coders = {
    window: ['beam:coder:kv:v1', 'bytes', 'interval'],
    'global window': ['beam:coder:kv:v1', 'bytes', 'global'],
    intervals: ['beam:coder:iterable:v1', 'interval'],
    windows: ['beam:coder:kv:v1', 'bytes', 'intervals'],
    'into from': ['beam:coder:kv:v1', 'interval', 'intervals'],
    all: ['beam:coder:iterable:v1', 'into from'],
    merge: ['beam:coder:kv:v1', 'intervals', 'all'],
    merged: ['beam:coder:kv:v1', 'bytes', 'merge'],
  } as never;
  const kv = (key: unknown, value: unknown) => new KVCoder(key as never, value as never);
  const bytes = new BytesCoder();
  const times = ({ start, end }: IntervalWindow) => [start.toNumber(), end.toNumber()];

  test('of sessions are merged', async () => {
    const intervals = new IterableCoder(interval as never);
    const output = kv(bytes, kv(intervals, new IterableCoder(kv(interval, intervals) as never)));
    const spec = {
      urn: 'beam:transform:merge_windows:v1',
      payload: FunctionSpec.toBinary(new Sessions(10).toProto()),
    };
    const windows = [window(0, 10), window(50, 60), window(5, 15), window(14, 24), window(24, 34)];
    const [out] = await run([{ key: nonce, value: windows }], whole(kv(bytes, intervals)), whole(output), {
      coders,
      steps: { merge: { spec } },
      input: 'windows',
      output: 'merged',
    });
    const { key, value } = out as { key: Uint8Array; value: { key: IntervalWindow[]; value: never[] } };
    expect([...key]).toEqual([7]);
    expect(value.key.map(times)).toEqual([
      [24, 34],
      [50, 60],
    ]);
    const merged = value.value as { key: IntervalWindow; value: IntervalWindow[] }[];
    expect(merged.map(({ key: into, value: from }) => [times(into), from.map(times)])).toEqual([
      [
        [0, 24],
        [
          [0, 10],
          [5, 15],
          [14, 24],
        ],
      ],
    ]);
  });

  const mapped = (mapping: FunctionSpec, output: string, coder: unknown) =>
    run(
      [{ key: nonce, value: window(3_600_000, 7_200_000) }],
      whole(kv(bytes, interval)),
      whole(kv(bytes, coder)),
      {
        coders,
        steps: {
          map: { spec: { urn: 'beam:transform:map_windows:v1', payload: FunctionSpec.toBinary(mapping) } },
        },
        input: 'window',
        output,
      },
    );
  const fn = (urn: string) => ({ urn, payload: new Uint8Array() });

  test('of main inputs are mapped to those of side inputs', async () => {
    const [identity] = await mapped(fn(IDENTITY_WINDOW_MAPPING_FN_URN), 'window', interval);
    expect(times((identity as { value: IntervalWindow }).value)).toEqual([3_600_000, 7_200_000]);
    const global = await mapped(
      fn(GLOBAL_WINDOW_MAPPING_FN_URN),
      'global window',
      GlobalWindowCoder.INSTANCE,
    );
    expect(global).toEqual([{ key: nonce, value: new GlobalWindow() }]);
  });

  test('and to earlier ones, by a mapping of our own', async () => {
    const hour = 3_600_000;
    const [preceding] = await mapped(new PrecedingWindow(2 * hour, hour, hour).toProto(), 'window', interval);
    expect(times((preceding as { value: IntervalWindow }).value)).toEqual([-2 * hour, 0]);
  });
});
