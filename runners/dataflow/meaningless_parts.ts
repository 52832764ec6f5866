/** What of a graph would mean nothing to the service. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';

/**
 * Takes steps out that do nothing: a transform that gives out its own input leaves an entry without parts and without a kind, which our runners pass over and of which nobody knows what the service makes. Changes the
 * pipeline.
 */
export function removeEmptySteps(pipeline: runnerApi.Pipeline): void {
  const transforms = pipeline.components?.transforms ?? {};
  const isEmpty = (id: string): boolean => {
    const { spec, subtransforms, inputs, outputs } = transforms[id];
    const taken = new Set(Object.values(inputs));
    return !spec?.urn && subtransforms.length === 0 && Object.values(outputs).every((pc) => taken.has(pc));
  };
  // A step is empty, too, when all its parts were.
  for (let empty = Object.keys(transforms).filter(isEmpty); empty.length > 0; ) {
    for (const id of empty) delete transforms[id];
    const left = (ids: readonly string[]): string[] => ids.filter((id) => id in transforms);
    pipeline.rootTransformIds = left(pipeline.rootTransformIds);
    for (const transform of Object.values(transforms))
      transform.subtransforms = left(transform.subtransforms);
    empty = Object.keys(transforms).filter(isEmpty);
  }
}

/** Takes out collections that no step makes or reads any more. Changes the pipeline. */
export function removeUnusedCollections({ components }: runnerApi.Pipeline): void {
  const { transforms, pcollections } = components!;
  const used = new Set(
    Object.values(transforms).flatMap(({ inputs, outputs }) => [
      ...Object.values(inputs),
      ...Object.values(outputs),
    ]),
  );
  for (const id of Object.keys(pcollections)) if (!used.has(id)) delete pcollections[id];
}
