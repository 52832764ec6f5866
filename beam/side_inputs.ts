/**
 * Side inputs that a DoFn may look up for every element of a bundle: they are materialised once a window.
 *
 * The SDK's own iterable side input is a generator, and the second element that reads it sees nothing.
 *
 * ```ts
 * rows.apply(parDo(new Score(), { baseline: asSingleton(baseline), brands: asList(brands) }))
 * // in process(row, context): context.baseline.lookup()
 * ```
 */
import './registration';
import { type PCollection, SideInputParam } from './sdk';
import { CollectionReference, ListView, MultimapView, SingletonView } from './side_input_views';

/** All elements of the window as an array, in no particular order. */
export function asList<T>(collection: PCollection<T>): SideInputParam<T, Iterable<T>, T[]> {
  return param(collection, new ListView());
}

/**
 * The one element of the window. Without a `defaultValue` an empty window is an error when it is looked up; more than one
 * element always is. The default is serialised with the graph: keep it small and plain.
 */
export function asSingleton<T>(
  collection: PCollection<T>,
  ...defaultValue: [value: T] | []
): SideInputParam<T, Iterable<T>, T> {
  return param(collection, new SingletonView(defaultValue.length === 1, defaultValue[0]));
}

/** The window's values by key, as a Map: keys should be strings or numbers. */
export function asMultimap<K, V>(
  collection: PCollection<{ key: K; value: V }>,
): SideInputParam<{ key: K; value: V }, Iterable<{ key: K; value: V }>, Map<K, V[]>> {
  return param(collection, new MultimapView());
}

function param<T, V>(
  collection: PCollection<T>,
  view: ListView | SingletonView | MultimapView,
): SideInputParam<T, Iterable<T>, V> {
  const reference = new CollectionReference(collection.getId()) as unknown as PCollection<T>;
  return new SideInputParam<T, Iterable<T>, V>(
    reference,
    view as { accessPattern: string; toValue(e: unknown): V },
  );
}
