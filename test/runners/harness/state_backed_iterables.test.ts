/** Groups of which the runner sends the beginning and keeps the rest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Coder, Context } from 'apache-beam/coders/coders';
import {
  FullWindowedValueCoder,
  GlobalWindowCoder,
  IterableCoder,
  KVCoder,
  StrUtf8Coder,
} from 'apache-beam/coders/standard_coders';
import type { StateRequest, StateResponse } from 'apache-beam/proto/beam_fn_api';
import { Writer } from 'protobufjs';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { decodedElements, doFn, element, encoded, stageOf } from './described_stage';
import { PlayingRunner, processBundle } from './playing_runner';
import { Same } from './stage_fns';

let runner: PlayingRunner;
let worker: FnWorker;
beforeEach(async () => {
  runner = await PlayingRunner.start();
  worker = await runner.worker();
  const coders = {
    values: ['beam:coder:state_backed_iterable:v1', 'text'],
    lists: ['beam:coder:iterable:v1', 'text'],
    input: ['beam:coder:kv:v1', 'text', 'values'],
    output: ['beam:coder:kv:v1', 'text', 'lists'],
  } as never;
  const edges = { input: 'input', output: 'output' };
  const steps = { same: doFn(new Same()) };
  runner.descriptors.set('stage', stageOf('stage', { address: runner.address, coders, steps, ...edges }));
});
afterEach(async () => {
  await worker.stop();
  runner.stop();
});

const TEXT = new StrUtf8Coder() as Coder<string>;
const lists = new IterableCoder(TEXT as never);
const OUTPUT = new FullWindowedValueCoder(
  new KVCoder(TEXT as never, lists as never) as never,
  GlobalWindowCoder.INSTANCE as never,
) as never as Coder<unknown>;

interface Group {
  readonly key: string;
  /** Sent in parts, each with its count. */
  readonly parts: readonly (readonly string[])[];
  /** By which the runner keeps the rest; none where there is none. */
  readonly token?: string;
}

/** How a runner writes such a group: the count −1, parts with their counts, then 0, or −1 and the token. */
const GROUPS = {
  encode({ key, parts, token }: Group, writer: Writer) {
    TEXT.encode(key, writer as never, Context.needsDelimiters);
    writer.fixed32(0xffffffff);
    for (const part of parts) {
      writer.int64(part.length);
      for (const text of part) TEXT.encode(text, writer as never, Context.needsDelimiters);
    }
    if (token === undefined) writer.int64(0);
    else writer.int64(-1).bytes(Buffer.from(token));
  },
};
const INPUT = new FullWindowedValueCoder(
  GROUPS as never,
  GlobalWindowCoder.INSTANCE as never,
) as never as Coder<unknown>;

const tokenOf = ({ stateKey }: StateRequest) =>
  Buffer.from((stateKey!.type as { runner: { key: Uint8Array } }).runner.key).toString();

function page({ id }: StateRequest, texts: readonly string[], next = ''): StateResponse {
  const writer = new Writer();
  for (const text of texts) TEXT.encode(text, writer as never, Context.needsDelimiters);
  const get = { data: writer.finish(), continuationToken: Buffer.from(next) };
  return { id, error: '', response: { oneofKind: 'get', get } };
}

test('the rest is fetched before the step sees the group, in as many pages as it comes', async () => {
  runner.onState = async (request) => {
    await sleep(5);
    const { continuationToken } = (request.request as { get: { continuationToken: Uint8Array } }).get;
    if (tokenOf(request) === 'rest of a')
      return continuationToken.length === 0 ? page(request, ['a3'], 'more') : page(request, ['a4', 'a5']);
    return page(request, []);
  };
  const groups: Group[] = [
    { key: 'a', parts: [['a1'], ['a2']], token: 'rest of a' },
    { key: 'b', parts: [['b1', 'b2'], ['b3']] },
    { key: 'c', parts: [], token: 'rest of c' },
  ];
  const done = runner.bundle('1', 'stage');
  await runner.send('1', 'in', encoded(groups.map(element), INPUT), true);
  await done;
  const out = decodedElements((await runner.ended('1', 'out')).messages, OUTPUT);
  expect(out.map(({ value }) => value)).toEqual([
    { key: 'a', value: ['a1', 'a2', 'a3', 'a4', 'a5'] },
    { key: 'b', value: ['b1', 'b2', 'b3'] },
    { key: 'c', value: [] },
  ]);
});

test('bundles at the same time don’t mix theirs up', async () => {
  runner.onState = async (request) => {
    await sleep(Number(request.instructionId) % 7);
    return page(request, [`rest for ${request.instructionId} of ${tokenOf(request)}`]);
  };
  const ids = Array.from({ length: 20 }, (_, at) => String(at));
  await Promise.all(
    ids.map(async (id) => {
      const groups = ['x', 'y', 'z'].map((key) => element({ key, parts: [[key]], token: `${id} ${key}` }));
      const done = runner.bundle(id, 'stage');
      await runner.send(id, 'in', encoded(groups, INPUT), true);
      await done;
      const out = decodedElements((await runner.ended(id, 'out')).messages, OUTPUT);
      expect(out.map(({ value }) => value)).toEqual(
        ['x', 'y', 'z'].map((key) => ({ key, value: [key, `rest for ${id} of ${id} ${key}`] })),
      );
    }),
  );
});

test('groups that come whole, with their count, need no state', async () => {
  const groups = [{ key: 'a', value: ['1', '2'] }].map(element);
  const done = runner.bundle('1', 'stage');
  await runner.send('1', 'in', encoded(groups, OUTPUT), true);
  await done;
  const out = decodedElements((await runner.ended('1', 'out')).messages, OUTPUT);
  expect(out.map(({ value }) => value)).toEqual([{ key: 'a', value: ['1', '2'] }]);
  expect(runner.stateStreams).toHaveLength(0);
});

test('a rest that the runner refuses fails the bundle', async () => {
  runner.onState = ({ id }) => ({ id, error: 'lost', response: { oneofKind: undefined } });
  const done = runner.ask('1', processBundle('stage'));
  await runner.send('1', 'in', encoded([element({ key: 'a', parts: [], token: 't' })], INPUT), true);
  expect((await done).error).toContain('The runner refused a request for state: lost');
  runner.onState = (request) => page(request, ['1']);
  const next = runner.bundle('2', 'stage');
  await runner.send('2', 'in', encoded([element({ key: 'a', parts: [], token: 't' })], INPUT), true);
  await next;
});
