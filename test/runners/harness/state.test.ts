/** Side inputs that the runner keeps, over the state stream. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Coder, Context } from 'apache-beam/coders/coders';
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import { IDENTITY_WINDOW_MAPPING_FN_URN } from 'apache-beam/internal/urns';
import type { StateRequest, StateResponse } from 'apache-beam/proto/beam_fn_api';
import { Writer } from 'protobufjs';
import { asList } from '../../../beam/side_inputs';
import type { FnWorker } from '../../../runners/harness/fn_api/fn_worker';
import { decoded, doFn, encoded, stageOf } from './described_stage';
import { PlayingRunner, processBundle } from './playing_runner';
import { WithSide } from './stage_fns';

let runner: PlayingRunner;
let worker: FnWorker;
beforeEach(async () => {
  runner = await PlayingRunner.start();
  worker = await runner.worker();
  runner.descriptors.set('stage', stageOf('stage', { address: runner.address, steps: { look: withSide() } }));
});
afterEach(async () => {
  await worker.stop();
  runner.stop();
});

/** A step that looks up the side input `side.side`. */
function withSide() {
  const param = asList({ getId: () => 'pc side' } as never);
  Object.assign(param, { sideInputId: 'side.side' });
  const side = {
    accessPattern: { urn: 'beam:side_input:iterable:v1', payload: new Uint8Array() },
    windowMappingFn: { urn: IDENTITY_WINDOW_MAPPING_FN_URN, payload: new Uint8Array() },
  };
  const step = doFn(new WithSide(), { side: param }, { sideInputs: { 'side.side': side } } as never);
  return { ...step, sides: { 'side.side': 'pc side' } };
}

const TEXT = new StrUtf8Coder() as Coder<string>;
function texts(...values: string[]): Uint8Array {
  const writer = new Writer();
  for (const value of values) TEXT.encode(value, writer, Context.needsDelimiters);
  return writer.finish();
}

function page(id: string, data: Uint8Array, continuationToken = new Uint8Array()): StateResponse {
  return { id, error: '', response: { oneofKind: 'get', get: { data, continuationToken } } };
}

const tokenOf = ({ request }: StateRequest) =>
  Buffer.from((request as { get: { continuationToken: Uint8Array } }).get.continuationToken).toString();

async function run(id: string, values: string[]): Promise<unknown[]> {
  const done = runner.bundle(id, 'stage');
  await runner.send(id, 'in', encoded(values), true);
  await done;
  return decoded((await runner.ended(id, 'out')).messages);
}

test('a side input is asked for once a bundle, by its name and window', async () => {
  const asked: StateRequest[] = [];
  runner.onState = (request) => {
    asked.push(request);
    return page(request.id, texts('x', 'y'));
  };
  expect(await run('1', ['a', 'b'])).toEqual(['a: x y', 'b: x y']);
  expect(await run('2', ['c'])).toEqual(['c: x y']);
  expect(asked.map(({ instructionId }) => instructionId)).toEqual(['1', '2']);
  expect(asked[0].stateKey!.type).toEqual({
    oneofKind: 'iterableSideInput',
    iterableSideInput: { transformId: 'look', sideInputId: 'side.side', window: new Uint8Array() },
  });
  const states = runner.callers.filter(({ path }) => path.endsWith('/State'));
  expect(states).toEqual([expect.objectContaining({ workerId: 'worker-1' })]);
});

test('one that comes in pages is whole, also where a page ends within an element', async () => {
  const all = texts('one', 'two', 'three');
  const cuts = [0, 5, 6, all.length];
  runner.onState = async (request) => {
    const at = Number(tokenOf(request) || '0');
    await sleep(5);
    const next = at + 2 < cuts.length ? Buffer.from(String(at + 1)) : new Uint8Array();
    return page(request.id, all.subarray(cuts[at], cuts[at + 1]), next);
  };
  expect(await run('1', ['a'])).toEqual(['a: one two three']);
});

test('one without elements, and a large one', async () => {
  runner.onState = ({ id }) => page(id, new Uint8Array());
  expect(await run('1', ['a'])).toEqual(['a: ']);
  const large = 'x'.repeat(6_000_000);
  runner.onState = ({ id }) => page(id, texts(large));
  const [out] = await run('2', ['a']);
  expect(out === `a: ${large}`).toBe(true);
});

test('answers that take their time are waited for by every element, and may come in another order', async () => {
  const delays = [60, 20, 0];
  runner.onState = async ({ id, instructionId }) => {
    await sleep(delays[Number(instructionId)]);
    return page(id, texts(`side of ${instructionId}`));
  };
  const outs = await Promise.all(['0', '1', '2'].map((id) => run(id, ['a', 'b', 'c', 'd', 'e'])));
  for (const [id, out] of outs.entries())
    expect(out).toEqual(['a', 'b', 'c', 'd', 'e'].map((value) => `${value}: side of ${id}`));
});

test('a refusal fails the bundle, and so does a stream that breaks; the next bundle asks again', async () => {
  runner.onState = ({ id }) => ({ id, error: 'not today', response: { oneofKind: undefined } });
  const refused = runner.ask('1', processBundle('stage'));
  await runner.send('1', 'in', encoded(['a']), true);
  expect((await refused).error).toMatch(/Step\/look: The runner refused a request for state: not today/);

  runner.onState = () => new Promise(() => undefined);
  const broken = runner.ask('2', processBundle('stage'));
  await runner.send('2', 'in', encoded(['a']), true);
  await sleep(20);
  runner.stateStreams[0].emit('error', { code: 13, details: 'gone' });
  expect((await broken).error).toMatch(/Step\/look: The state stream broke: .*gone/);

  runner.onState = ({ id }) => page(id, texts('x'));
  expect(await run('3', ['a'])).toEqual(['a: x']);
});
