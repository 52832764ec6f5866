/** A map by keys of a PCollection. Keys that are encoded alike are the same; text is compared as it is, which costs less. */
import type { Coder } from 'apache-beam/coders/coders';
import { ValueEncoder } from './bytes';

export class KeyedMap<V> {
  private readonly byText = new Map<string, V>();
  private readonly byEncoding = new Map<string, V>();
  private readonly encoder = new ValueEncoder();

  constructor(private readonly coder: Coder<unknown>) {}

  get size(): number {
    return this.byText.size + this.byEncoding.size;
  }

  /** The key's value, made where there is none. */
  getOrMake(key: unknown, make: (key: unknown) => V): V {
    const isText = typeof key === 'string';
    const values = isText ? this.byText : this.byEncoding;
    const id = isText ? key : this.encoder.latin1(this.coder, key);
    let value = values.get(id);
    if (value === undefined) {
      value = make(key);
      values.set(id, value);
    }
    return value;
  }

  *values(): Generator<V> {
    yield* this.byText.values();
    yield* this.byEncoding.values();
  }
}
