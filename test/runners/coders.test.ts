import { type Coder, type Context, globalRegistry } from 'apache-beam/coders/coders';
import { BytesCoder, IterableCoder } from 'apache-beam/coders/required_coders';
import { BoolCoder, DoubleCoder } from 'apache-beam/coders/standard_coders';
import type { Reader, Writer } from 'protobufjs';
import { reshuffle } from '../../beam/reshuffle';
import { groupByKey, withName } from '../../beam/sdk';
import {
  anything,
  apply,
  type Collection,
  collect,
  elements,
  int,
  keyed,
  make,
  runLocal,
  text,
  values,
} from './graphs';

/** Whole numbers of 64 bits, exactly: what the SDK's own coder truncates. */
class Int64Coder implements Coder<bigint> {
  static readonly URN = 'funnelpulse:test_coder:int64:v1';
  encode(value: bigint, writer: Writer, _context: Context): void {
    writer.fixed32(Number(value & 0xffffffffn)).sfixed32(Number(value >> 32n));
  }
  decode(reader: Reader): bigint {
    const low = BigInt(reader.fixed32());
    return (BigInt(reader.sfixed32()) << 32n) | low;
  }
  toProto() {
    return { spec: { urn: Int64Coder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}
globalRegistry().register(Int64Coder.URN, Int64Coder as never);

const list = (coder: Coder<unknown>) => new IterableCoder(coder) as Coder<unknown>;

test.each<[string, Coder<unknown>, unknown[], unknown[]?]>([
  ['text', text, ['', 'a', 'žluťoučký kůň 🐎', 'x'.repeat(100_000)]],
  ['int32', int, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
  ['doubles', new DoubleCoder() as Coder<unknown>, [0.5, -1e300, 5e-324]],
  ['booleans', new BoolCoder() as Coder<unknown>, [false, true]],
  ['lists', list(text), [['a', 'b'], ['c']]],
  ['keys and values', keyed(keyed(int)), [{ key: 'a', value: { key: 'b', value: 3 } }]],
  ['objects', anything, [{ a: { b: ['x', 'y'] } }, 'text', 1.5, null]],
])('%s cross a reshuffle unchanged', async (_what, coder, emitted) => {
  const { lines } = await runLocal((root, file) => {
    const input = elements(root, 'Emit', emitted, coder);
    collect(input.apply(withName('Reshuffle', reshuffle())) as Collection, 'Collect', file);
  });
  const sorted = (all: unknown[]) => all.map((value) => JSON.stringify(value)).sort();
  expect(sorted(values(lines))).toEqual(sorted(emitted));
});

test('int64 and bytes as keys and values of a grouping', async () => {
  const big = [2n ** 62n, -(2n ** 62n), 1700000000123n];
  const { lines } = await runLocal((root, file) => {
    const pairs = big.map((value, i) => ({ key: [0, 255, i % 2], value }));
    const start = elements(root, 'Emit', ['x']);
    const input = apply(
      start,
      'Bytes',
      make('KeyBytes', pairs),
      keyed(new Int64Coder() as never, new BytesCoder() as never),
    );
    const groups = input.apply(withName('Group', groupByKey())) as Collection;
    collect(apply(groups, 'Text', make('BigText'), anything), 'Collect', file);
  });
  expect(values(lines)).toEqual([`00ff00: ${2n ** 62n},1700000000123`, `00ff01: ${-(2n ** 62n)}`]);
});

test('a value that its coder refuses names the step that made it', async () => {
  const run = runLocal((root, file) => {
    const input = elements(root, 'Emit', ['no', 'numbers'], new Int64Coder() as never);
    collect(input.apply(withName('Reshuffle', reshuffle())) as Collection, 'Collect', file);
  });
  await expect(run).rejects.toMatchObject({
    name: 'StepError',
    step: 'Emit, encoded',
    origin: expect.stringContaining('"no"'),
  });
});
