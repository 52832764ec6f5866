/**
 * The compiled kernel (assembly/, AssemblyScript) and its typed exports. Compiled once per thread, instantiated per user: instances share nothing.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What the kernel exports; addresses are offsets into its memory. See assembly/index.ts for what each does. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  init(): void;
  capacity(): number;
  setColumns(
    time: number,
    type: number,
    product: number,
    categoryId: number,
    category: number,
    brand: number,
    price: number,
    user: number,
    session: number,
  ): void;
  setColumnCount(count: number): void;
  reserve(size: number): number;
  clear(): void;
  parse(from: number, end: number): number;
  recordsAt(): number;
  hoursAt(): number;
  millisAt(): number;
  othersAt(): number;
  otherLinesAt(): number;
  recordsFound(): number;
  othersFound(): number;
  linesFound(): number;
  reserveText(size: number): number;
  hashStart(seed: number): void;
  hashBlock(low1: number, high1: number, low2: number, high2: number): void;
  hashBytes(length: number): void;
  hashFinish(): number;
}

/** Asked for the number of a pair that is new to the kernel: where its brand and category code stand in memory, and where 64 bits of content hash are to be left. */
export type NewPair = (
  brand: number,
  brandLength: number,
  category: number,
  categoryLength: number,
  contentAt: number,
) => number;

let compiled: WebAssembly.Module | undefined;

/** A new instance of the kernel. */
export function instantiate(newPair: NewPair): KernelExports {
  compiled ??= new WebAssembly.Module(fs.readFileSync(path.join(__dirname, 'kernel.wasm')));
  const instance = new WebAssembly.Instance(compiled, {
    host: { newPair },
    env: {
      abort: () => {
        throw new Error('the parser’s kernel ran out of memory');
      },
    },
  });
  const kernel = instance.exports as unknown as KernelExports;
  return kernel;
}
