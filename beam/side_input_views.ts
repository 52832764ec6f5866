/** How the elements of a side input become the value that a DoFn looks up. Workers run these: no graph library in here. */

/** The access pattern every runner and the SDK's worker serves; the views below materialise from it. */
const ITERABLE = 'beam:side_input:iterable:v1';

/** Stands for the side input's PCollection in a serialised parameter, which would else drag the whole pipeline along. */
export class CollectionReference {
  constructor(private readonly id: string) {}

  getId(): string {
    return this.id;
  }
}

/** All elements as an array, in no particular order. */
export class ListView {
  readonly accessPattern = ITERABLE;

  toValue<T>(elements: Iterable<T>): T[] {
    return Array.from(elements);
  }
}

/** The one element; where there is none, the default if one was given. */
export class SingletonView {
  readonly accessPattern = ITERABLE;

  constructor(
    readonly hasDefault: boolean,
    readonly defaultValue: unknown,
  ) {}

  toValue(elements: Iterable<unknown>): unknown {
    const all = Array.from(elements);
    if (all.length === 1) return all[0];
    if (all.length === 0 && this.hasDefault) return this.defaultValue;
    throw new Error(`A singleton side input has to hold one element in a window, but has ${all.length}`);
  }
}

/** The elements' values by key; keys are compared as Map does, so they should be strings or numbers. */
export class MultimapView {
  readonly accessPattern = ITERABLE;

  toValue<K, V>(elements: Iterable<{ key: K; value: V }>): Map<K, V[]> {
    const byKey = new Map<K, V[]>();
    for (const { key, value } of elements) {
      const values = byKey.get(key);
      if (values === undefined) byKey.set(key, [value]);
      else values.push(value);
    }
    return byKey;
  }
}
