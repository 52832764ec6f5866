/**
 * Brings the graph's functions back to life from their serialised form: classes and module functions by the name they were
 * registered under, their JSON fields restored.
 */
import './do_fn_params';
import { deserializeFn } from 'apache-beam/internal/serialize';

/** Deserialises what `serializeFn` wrote. A part of the SDK that it refers to and that isn't loaded yet is loaded now. */
export function restore<T>(payload: Uint8Array): T {
  const tried = new Set<string>();
  for (;;) {
    try {
      return deserializeFn(payload) as T;
    } catch (error) {
      const missing = sdkModuleIn(error);
      if (missing === undefined || tried.has(missing)) throw error;
      tried.add(missing);
      // The SDK's modules import one another in circles: this one has to be first.
      require('apache-beam/pvalue');
      require(missing);
    }
  }
}

/** The SDK's module that registers the name in "Cannot deserialize unknown builtin 'beam:apache-beam/…'". */
function sdkModuleIn(error: unknown): string | undefined {
  return /'beam:(apache-beam\/[\w/]+)\./.exec(String(error))?.[1];
}
