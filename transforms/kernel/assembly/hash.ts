/**
 * Hashes over bytes as they lie in memory. For keys, which only a hash tells apart: MurmurHash3_x64_128 (Austin Appleby, public domain, SMHasher), fed with fields that are each padded with zeros to whole blocks of 16 bytes.
 * The state is global: one hash at a time.
 */

const C1: u64 = 0x87c37b91114253d5;
const C2: u64 = 0x4cf5ad432745937f;

export let h1: u64 = 0;
export let h2: u64 = 0;
let blocks: u64 = 0;

export function start(seed: u32): void {
  h1 = seed;
  h2 = seed;
  blocks = 0;
}

@inline
function mix1(k: u64): u64 {
  return rotl<u64>(k * C1, 31) * C2;
}

@inline
function mix2(k: u64): u64 {
  return rotl<u64>(k * C2, 33) * C1;
}

/** Takes in one block. */
export function block(k1: u64, k2: u64): void {
  h1 = (rotl<u64>(h1 ^ mix1(k1), 27) + h2) * 5 + 0x52dce729;
  h2 = (rotl<u64>(h2 ^ mix2(k2), 31) + h1) * 5 + 0x38495ab5;
  blocks++;
}

/** Takes in `length` bytes; sixteen more must be readable. */
export function bytes(at: usize, length: u32): void {
  let a = h1;
  let b = h2;
  let rest = length;
  while (rest >= 16) {
    a = (rotl<u64>(a ^ mix1(load<u64>(at)), 27) + b) * 5 + 0x52dce729;
    b = (rotl<u64>(b ^ mix2(load<u64>(at, 8)), 31) + a) * 5 + 0x38495ab5;
    at += 16;
    rest -= 16;
  }
  if (rest > 0) {
    let k1 = load<u64>(at);
    let k2: u64 = 0;
    if (rest < 8) k1 &= ((<u64>1) << (rest << 3)) - 1;
    else if (rest > 8) k2 = load<u64>(at, 8) & (((<u64>1) << ((rest - 8) << 3)) - 1);
    a = (rotl<u64>(a ^ mix1(k1), 27) + b) * 5 + 0x52dce729;
    b = (rotl<u64>(b ^ mix2(k2), 31) + a) * 5 + 0x38495ab5;
  }
  h1 = a;
  h2 = b;
  blocks += (length + 15) >> 4;
}

@inline
function fmix(k: u64): u64 {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
  return k ^ (k >> 33);
}

/** Mixes the state to the end; h1 and h2 are the hash. */
export function finish(): void {
  const length = blocks << 4;
  let a = h1 ^ length;
  let b = h2 ^ length;
  a += b;
  b += a;
  a = fmix(a);
  b = fmix(b);
  a += b;
  h1 = a;
  h2 = b + a;
}

/** A short hash, for tables and for what need not be told apart beyond doubt: a chain over fields from a seed. Up to seven bytes behind the field must be readable. */
@inline
export function words(seed: u64, at: usize, length: u32): u64 {
  let h = seed ^ length;
  let rest = length;
  while (rest >= 8) {
    h = (h ^ load<u64>(at)) * 0x9e3779b97f4a7c15;
    h ^= h >> 32;
    at += 8;
    rest -= 8;
  }
  if (rest > 0) {
    h = (h ^ (load<u64>(at) & (((<u64>1) << (rest << 3)) - 1))) * 0x9e3779b97f4a7c15;
    h ^= h >> 32;
  }
  return h;
}
