/**
 * The compiled kernels (assembly/, AssemblyScript). Compiled once per thread, instantiated per user: instances share nothing.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What every kernel exports. Addresses are offsets into its memory. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
}

const compiled = new Map<string, WebAssembly.Module>();

/** A new instance of a kernel, with the functions of the host that it calls. What its exports do is said in assembly/NAME/index.ts. */
export function instantiate<Exports extends KernelExports>(
  name: 'parse' | 'count',
  host: Readonly<Record<string, (...words: number[]) => number>>,
): Exports {
  let module = compiled.get(name);
  if (module === undefined) {
    module = new WebAssembly.Module(fs.readFileSync(path.join(__dirname, `${name}.wasm`)));
    compiled.set(name, module);
  }
  const instance = new WebAssembly.Instance(module, {
    host,
    env: {
      abort: () => {
        throw new Error(`the ${name} kernel ran out of memory`);
      },
    },
  });
  return instance.exports as unknown as Exports;
}
