/**
 * Hashes over bytes. MurmurHash3_x86_128 (Austin Appleby, public domain, SMHasher), because its 32-bit multiplications are what JavaScript does fast, fed with
 * fields that are each padded with zeros to whole blocks of 16 bytes and whose lengths go in with the first block.
 */
import { CHUNK_SLACK } from '../../schema/chunk';

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

/** MASK[w][r] keeps of word w the bytes that lie below r, for a last block of r bytes. */
const MASK = [0, 1, 2, 3].map((word) =>
  Int32Array.from({ length: 17 }, (_, bytes) => {
    const kept = Math.min(4, Math.max(0, bytes - word * 4));
    return kept === 4 ? -1 : (1 << (kept * 8)) - 1;
  }),
);
const [M0, M1, M2, M3] = MASK;

/** 128-bit hashing state; feed blocks and byte ranges, then {@link finish}. One instance is reused for all records. */
export class Hash128 {
  h1 = 0;
  h2 = 0;
  h3 = 0;
  h4 = 0;
  private blocks = 0;

  /** Begins a new hash. */
  start(seed: number): void {
    this.h1 = seed;
    this.h2 = seed;
    this.h3 = seed;
    this.h4 = seed;
    this.blocks = 0;
  }

  /** Takes in four words. */
  block(k1: number, k2: number, k3: number, k4: number): void {
    let h1 = this.h1;
    let h2 = this.h2;
    let h3 = this.h3;
    let h4 = this.h4;
    let k = Math.imul(k1, C1);
    h1 ^= Math.imul((k << 15) | (k >>> 17), C2);
    h1 = (((h1 << 19) | (h1 >>> 13)) + h2) | 0;
    h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0;
    k = Math.imul(k2, C2);
    h2 ^= Math.imul((k << 16) | (k >>> 16), C3);
    h2 = (((h2 << 17) | (h2 >>> 15)) + h3) | 0;
    h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0;
    k = Math.imul(k3, C3);
    h3 ^= Math.imul((k << 17) | (k >>> 15), C4);
    h3 = (((h3 << 15) | (h3 >>> 17)) + h4) | 0;
    h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0;
    k = Math.imul(k4, C4);
    h4 ^= Math.imul((k << 18) | (k >>> 14), C1);
    h4 = (((h4 << 13) | (h4 >>> 19)) + h1) | 0;
    h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0;
    this.h1 = h1;
    this.h2 = h2;
    this.h3 = h3;
    this.h4 = h4;
    this.blocks++;
  }

  /**
   * Takes in the bytes from `start` to `end`, padded with zeros to whole blocks. {@link CHUNK_SLACK} bytes behind `end` must be readable.
   * The same as {@link block} for each 16 bytes, with the state in local variables: most of the cost of hashing is here.
   */
  bytes(view: DataView, start: number, end: number): void {
    if (start === end) return;
    let h1 = this.h1;
    let h2 = this.h2;
    let h3 = this.h3;
    let h4 = this.h4;
    for (let at = start; at < end; at += 16) {
      const rest = end - at < 16 ? end - at : 16;
      let k = Math.imul(view.getInt32(at, true) & M0[rest], C1);
      h1 ^= Math.imul((k << 15) | (k >>> 17), C2);
      h1 = (((h1 << 19) | (h1 >>> 13)) + h2) | 0;
      h1 = (Math.imul(h1, 5) + 0x561ccd1b) | 0;
      k = Math.imul(view.getInt32(at + 4, true) & M1[rest], C2);
      h2 ^= Math.imul((k << 16) | (k >>> 16), C3);
      h2 = (((h2 << 17) | (h2 >>> 15)) + h3) | 0;
      h2 = (Math.imul(h2, 5) + 0x0bcaa747) | 0;
      k = Math.imul(view.getInt32(at + 8, true) & M2[rest], C3);
      h3 ^= Math.imul((k << 17) | (k >>> 15), C4);
      h3 = (((h3 << 15) | (h3 >>> 17)) + h4) | 0;
      h3 = (Math.imul(h3, 5) + 0x96cd1c35) | 0;
      k = Math.imul(view.getInt32(at + 12, true) & M3[rest], C4);
      h4 ^= Math.imul((k << 18) | (k >>> 14), C1);
      h4 = (((h4 << 13) | (h4 >>> 19)) + h1) | 0;
      h4 = (Math.imul(h4, 5) + 0x32ac3b17) | 0;
    }
    this.h1 = h1;
    this.h2 = h2;
    this.h3 = h3;
    this.h4 = h4;
    this.blocks += (end - start + 15) >> 4;
  }

  /** Mixes the state to the end; h1 to h4 are the hash. */
  finish(): void {
    const length = this.blocks << 4;
    let h1 = this.h1 ^ length;
    let h2 = this.h2 ^ length;
    let h3 = this.h3 ^ length;
    let h4 = this.h4 ^ length;
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    h1 = fmix(h1);
    h2 = fmix(h2);
    h3 = fmix(h3);
    h4 = fmix(h4);
    h1 = (h1 + h2 + h3 + h4) | 0;
    this.h1 = h1;
    this.h2 = (h2 + h1) | 0;
    this.h3 = (h3 + h1) | 0;
    this.h4 = (h4 + h1) | 0;
  }
}

/** MurmurHash3's 32-bit finalizer: every input bit reaches every output bit. */
export function fmix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A 32-bit hash of a byte range, for hash tables that compare bytes anyway. Reads up to three bytes behind `end`. */
export function tableHash(view: DataView, start: number, end: number): number {
  let h = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) h = Math.imul(h ^ view.getInt32(at, true), 0x9e3779b1) ^ (h >>> 15);
  const rest = end - at;
  if (rest > 0) h = Math.imul(h ^ (view.getInt32(at, true) & M0[rest]), 0x9e3779b1) ^ (h >>> 15);
  return h ^ (h >>> 15);
}

/** A copy of `bytes` with the readable slack that the functions here need, and a view of it. */
export function withSlack(bytes: Uint8Array): { bytes: Uint8Array; view: DataView } {
  const copy = new Uint8Array(bytes.length + CHUNK_SLACK);
  copy.set(bytes);
  return { bytes: copy, view: new DataView(copy.buffer) };
}
