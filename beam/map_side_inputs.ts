/** Says which window of a side input belongs to a window of the main input, where it is not the one that Beam would take. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { PrecedingWindow } from './preceding_window';
import type { PCollection, Pipeline } from './sdk';

type ParDo<I, O> = (
  input: PCollection<I>,
  pipeline: Pipeline,
  transform: runnerApi.PTransform,
) => PCollection<O>;

/**
 * A ParDo whose side inputs are looked up in these windows, by the names under which the DoFn sees them; others stay as they are. The SDK has no way to say so.
 *
 * ```ts
 * const lastWeek = { week: new PrecedingWindow(7 * DAY, DAY, 0) };
 * rows.apply(pinned('Compare', mapSideInputs(parDo(new Compare(), { week: asList(weeks) }), lastWeek)))
 * ```
 *
 * @throws Error when the graph is built and the step has no side input of that name
 */
export function mapSideInputs<I, O>(
  parDo: unknown,
  mappings: Readonly<Record<string, PrecedingWindow>>,
): ParDo<I, O> {
  return (input, pipeline, transform) => {
    const output = (parDo as ParDo<I, O>)(input, pipeline, transform);
    const spec = transform.spec!;
    const payload = runnerApi.ParDoPayload.fromBinary(spec.payload);
    for (const [name, mapping] of Object.entries(mappings)) {
      const sideInput = payload.sideInputs[`side.${name}`];
      if (sideInput === undefined) throw new Error(`The step has no side input ${name}`);
      sideInput.windowMappingFn = mapping.toProto();
    }
    spec.payload = runnerApi.ParDoPayload.toBinary(payload);
    return output;
  };
}
