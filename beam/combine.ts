/**
 * A keyed combine with the coders that its edges need.
 */
import type { Coder } from 'apache-beam/coders/coders';
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import type { CombineFn } from 'apache-beam/transforms/group_and_combine';
import './registration';
import { combinePerKey, KVCoder, type PCollection, withCoderInternal, withName } from './sdk';
import { setCoder } from './set_coder';

/** An element with the key that it is grouped by. */
export interface Keyed<V> {
  key: string;
  value: V;
}

/** A combine function as a class: registered, with fields that are plain JSON, and a coder for its accumulator, which crosses edges where a runner lifts it. */
export interface KeyedCombineFn<I, A, O> extends CombineFn<I, A, O> {
  createAccumulator(): A;
  addInput(accumulator: A, input: I): A;
  mergeAccumulators(accumulators: Iterable<A>): A;
  extractOutput(accumulator: A): O;
  accumulatorCoder(): Coder<A>;
  /** Our own runner tells here that it will not use an accumulator again, so that its memory can serve the next. Outputs must not refer to it. */
  release?(accumulator: A): void;
}

/** Combines the values of each key and window. */
export function combineByKey<I, A, O>(
  name: string,
  fn: KeyedCombineFn<I, A, O>,
  coders: { input: Coder<I>; output: Coder<O> },
): (input: PCollection<Keyed<I>>) => PCollection<Keyed<O>> {
  return withName(name, (input: PCollection<Keyed<I>>) => {
    const combined: PCollection<Keyed<O>> = input
      .apply(
        withName(
          'Encode input',
          withCoderInternal<Keyed<I>>(new KVCoder(new StrUtf8Coder(), coders.input) as Coder<Keyed<I>>),
        ),
      )
      .apply(withName('Combine', combinePerKey(fn)) as never);
    setCoder(combined, new KVCoder(new StrUtf8Coder(), coders.output) as Coder<Keyed<O>>);
    return combined;
  }) as never;
}
