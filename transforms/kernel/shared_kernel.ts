import { addNames } from './json_names';
import type { ParseExports } from './parse_exports';
import { instantiate } from './wasm';

let shared: ParseExports | undefined;

/** The thread's instance of the parser's kernel for single values: texts to hash, objects to scan. What is given to it is used up before anything else is. */
export function sharedKernel(): ParseExports {
  if (shared === undefined) {
    shared = instantiate<ParseExports>('parse', {
      newPair: () => {
        throw new Error('this instance packs no records');
      },
    });
    addNames(shared);
  }
  return shared;
}
