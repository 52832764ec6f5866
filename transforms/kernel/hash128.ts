/**
 * The kernel's hashes over byte ranges, so that what is cleaned here hashes as what is cleaned there.
 */
import type { ParseExports } from './parse_exports';
import { sharedKernel } from './shared_kernel';

/** Copies `bytes[start..end)` to where the kernel hashes it. */
function give(kernel: ParseExports, bytes: Uint8Array, start: number, end: number): void {
  const at = kernel.reserveText(end - start);
  new Uint8Array(kernel.memory.buffer, at, end - start).set(bytes.subarray(start, end));
}

/** MurmurHash3_x64_128 under construction, one at a time in a thread: {@link start}, any number of {@link block} and {@link bytes}, {@link finish}. */
export class Hash128 {
  /** The hash, after {@link finish}. */
  h1 = 0;
  h2 = 0;
  h3 = 0;
  h4 = 0;
  private readonly kernel = sharedKernel();

  start(seed: number): void {
    this.kernel.hashStart(seed);
  }

  /** Takes in two 64-bit words, low halves first. */
  block(low1: number, high1: number, low2: number, high2: number): void {
    this.kernel.hashBlock(low1, high1, low2, high2);
  }

  /** Takes in `bytes[start..end)`, padded with zeros to whole blocks of 16 bytes. */
  bytes(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    give(this.kernel, bytes, start, end);
    this.kernel.hashBytes(end - start);
  }

  finish(): void {
    const words = new Int32Array(this.kernel.memory.buffer, this.kernel.hashFinish(), 4);
    this.h1 = words[0];
    this.h2 = words[1];
    this.h3 = words[2];
    this.h4 = words[3];
  }
}

/** The kernel's short hash, 32 bits; one at a time in a thread. */
export class ShortHash {
  private readonly kernel = sharedKernel();

  start(seed: number): void {
    this.kernel.shortHashStart(seed);
  }

  /** Takes in `bytes[start..end)` and how many they are. */
  bytes(bytes: Uint8Array, start: number, end: number): void {
    give(this.kernel, bytes, start, end);
    this.kernel.shortHashWords(end - start);
  }

  finish(): number {
    return this.kernel.shortHashFinish();
  }
}
