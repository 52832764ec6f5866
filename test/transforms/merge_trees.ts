/** Ways to bring accumulators together: in any order, by any tree, through their coder or not. */
import type { Coder } from 'apache-beam/coders/coders';
import { Context } from 'apache-beam/coders/coders';
import fc from 'fast-check';
import { Reader, Writer } from 'protobufjs';
import type { KeyedCombineFn } from '../../beam/combine';

/** One merge of a tree: which two accumulators, counted round, and whether the result crosses an edge. */
export interface MergeStep {
  readonly left: number;
  readonly right: number;
  readonly encoded: boolean;
}

const index = fc.nat({ max: 1000 });
export const mergeSteps = fc.infiniteStream(fc.record({ left: index, right: index, encoded: fc.boolean() }));

/** Encodes and decodes, with and without a length before it, and with other bytes around it. */
export function throughCoder<T>(coder: Coder<T>, value: T, context: Context = Context.needsDelimiters): T {
  const writer = new Writer();
  if (context === Context.needsDelimiters) writer.bool(true);
  coder.encode(value, writer, context);
  if (context === Context.needsDelimiters) writer.bool(true);
  const reader = new Reader(writer.finish());
  if (context === Context.needsDelimiters) reader.bool();
  const decoded = coder.decode(reader, context);
  if (context === Context.needsDelimiters) expect(reader.bool()).toBe(true);
  expect(reader.pos).toBe(reader.len);
  return decoded;
}

/** Adds each input to an accumulator of its own (or several to one, by `groups`), merges them by a tree, and extracts the output. */
export function combineByTree<I, A, O>(
  fn: KeyedCombineFn<I, A, O>,
  inputs: readonly (readonly I[])[],
  steps: Iterable<MergeStep>,
): A {
  const accumulators = inputs.map((group) =>
    group.reduce((accumulator, input) => fn.addInput(accumulator, input), fn.createAccumulator()),
  );
  const stream = steps[Symbol.iterator]();
  while (accumulators.length > 1) {
    const { left, right, encoded } = stream.next().value as MergeStep;
    const [first] = accumulators.splice(left % accumulators.length, 1);
    const [second] = accumulators.splice(right % accumulators.length, 1);
    const merged = fn.mergeAccumulators([first, second]);
    accumulators.push(encoded ? throughCoder(fn.accumulatorCoder(), merged) : merged);
  }
  return accumulators[0] ?? fn.mergeAccumulators([]);
}

/** The inputs in another order and cut into groups: an accumulator each. */
export function regrouped<T>(inputs: readonly T[]): fc.Arbitrary<T[][]> {
  return fc
    .tuple(
      fc.shuffledSubarray([...inputs], { minLength: inputs.length }),
      fc.array(fc.nat({ max: inputs.length }), { maxLength: 4 }),
    )
    .map(([shuffled, cuts]) => {
      const ends = [...cuts, inputs.length].sort((a, b) => a - b);
      return ends.map((end, at) => shuffled.slice(at === 0 ? 0 : ends[at - 1], end));
    });
}
