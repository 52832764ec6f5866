import type { Coder } from 'apache-beam/coders/coders';
import type { PCollection } from './sdk';

/**
 * Says by what coder a collection is encoded. The SDK gives what a combine makes its default one, and knows no other way to name another than a step more: too late for a runner that keeps accumulators itself
 * and encodes what they give out at once.
 */
export function setCoder<T>(collection: PCollection<T>, coder: Coder<T>): void {
  const { pipeline } = collection;
  const proto = pipeline.getProto().components!.pcollections[collection.getId()];
  proto.coderId = pipeline.context.getCoderId(coder);
}
