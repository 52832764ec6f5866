/**
 * Lets a step's output keep the windowing of its main input.
 *
 * The SDK takes an output's windowing and boundedness from all inputs of a step, side inputs among them, and throws when they
 * differ; Beam says they come from the main input alone.
 */
import { type PCollection, type Pipeline, withName } from './sdk';

type Expandable<I, O> =
  | ((input: PCollection<I>, pipeline: Pipeline, proto: never) => PCollection<O>)
  | {
      expandInternal(input: PCollection<I>, pipeline: Pipeline, proto: never): PCollection<O>;
    };

/**
 * Applies `transform` under `name`; what comes out has the windowing and boundedness of `like`, by default of the input.
 *
 * ```ts
 * rows.apply(pinned('Score', parDo(new Score(), { baseline: asSingleton(baseline) })))
 * ```
 */
export function pinned<I, O>(
  name: string,
  transform: unknown,
  like?: PCollection<unknown>,
): (input: PCollection<I>, pipeline: Pipeline, proto: never) => PCollection<O> {
  return withName(name, (input: PCollection<I>, pipeline: Pipeline, proto: never) => {
    const step = transform as Expandable<I, O>;
    const output =
      typeof step === 'function' ? step(input, pipeline, proto) : step.expandInternal(input, pipeline, proto);
    const { pcollections } = pipeline.getProto().components!;
    const model = pcollections[(like ?? input).getId()];
    const result = pcollections[output.getId()];
    result.windowingStrategyId = model.windowingStrategyId;
    result.isBounded = model.isBounded;
    return output;
  });
}
