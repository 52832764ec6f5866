/**
 * One named step of a graph: a DoFn with the coder of what it gives out. The SDK's own typings take any DoFn for any collection; these keep the element types.
 */
import type { Coder } from 'apache-beam/coders/coders';
import { JsonCoder } from './json_coder';
import { type PCollection, parDo, withCoderInternal, withName } from './sdk';

/** A DoFn as a class: registered (see registration.ts), with fields that are plain JSON. Elements may come as any kind of iterable. */
export interface StepFn<I, O, C> {
  process(
    element: I,
    context: C,
  ): Iterable<O> | AsyncIterable<O> | Promise<Iterable<O> | undefined> | undefined;
}

/** Parameters of a DoFn as the graph declares them: for each the lookup or counter that the DoFn will see. */
export type Params = Record<string, unknown>;

/** A transform from one collection to another. */
export type Transform<I, O> = (input: PCollection<I>) => PCollection<O>;

/** Applies a DoFn; what it gives out is encoded by `coder`, JSON if none is given. */
export function step<I, O, C = unknown>(
  name: string,
  fn: StepFn<I, O, C>,
  params?: Params,
  coder: Coder<O> = new JsonCoder<O>(),
): Transform<I, O> {
  return named(
    name,
    (input) =>
      input
        .apply(withName('Process', parDo(fn as never, params as never)) as never)
        .apply(withName('Encode', withCoderInternal(coder)) as never) as never,
  );
}

/** Names a transform: the name is a part of the steps' names in errors, counters and on every runner. */
export function named<I, O>(name: string, transform: Transform<I, O>): Transform<I, O> {
  return withName(name, transform);
}
