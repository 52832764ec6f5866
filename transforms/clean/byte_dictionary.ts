/**
 * Byte strings to small numbers, compared by their bytes. Numbers count up from 0 in order of first appearance.
 */
import { tableHash } from './table_hash';

export class ByteDictionary {
  private slots = new Int32Array(1024).fill(-1);
  private hashes = new Int32Array(512);
  /** Entry i is `arena[offsets[i]..offsets[i + 1])`. */
  private offsets = new Int32Array(513);
  private arena = new Uint8Array(8192);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of `bytes[start..end)`, which is added if new. `view` is over the same bytes, readable three bytes behind `end`. */
  intern(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const hash = tableHash(view, start, end);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.slots[slot];
      if (id < 0) return this.add(bytes, start, end, hash, slot);
      if (this.hashes[id] === hash && this.equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
  }

  /** The bytes of an entry; a view, valid until the next {@link intern}. */
  get(id: number): Uint8Array {
    return this.arena.subarray(this.offsets[id], this.offsets[id + 1]);
  }

  private equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.offsets[id];
    if (this.offsets[id + 1] - from !== end - start) return false;
    const arena = this.arena;
    for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== arena[j]) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.count++;
    if (this.count > this.hashes.length) this.grow();
    const from = this.offsets[id];
    const to = from + end - start;
    if (to > this.arena.length) this.arena = enlarge(this.arena, Math.max(to, this.arena.length * 2));
    this.arena.set(bytes.subarray(start, end), from);
    this.offsets[id + 1] = to;
    this.hashes[id] = hash;
    if (this.count * 2 > this.slots.length) this.rehash();
    else this.slots[slot] = id;
    return id;
  }

  private grow(): void {
    const capacity = this.hashes.length * 2;
    const hashes = new Int32Array(capacity);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const offsets = new Int32Array(capacity + 1);
    offsets.set(this.offsets);
    this.offsets = offsets;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.hashes[id] & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

function enlarge(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
