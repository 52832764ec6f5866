/**
 * Spellings of (brand, category code) → the number of their dimension pair and the hash of its content. What is new is asked of the host once, which normalises it.
 */

import { words } from '../hash';

/** Host: the number of the pair that these bytes normalise to. */
@external("host", "newPair")
declare function newPair(brand: usize, brandLength: u32, category: usize, categoryLength: u32): u32;

/** Of an entry: hash, brand offset and length, category offset and length in the arena, pair number. */
const HASH: usize = 0;
const BRAND: usize = 8;
const BRAND_LENGTH: usize = 12;
const CATEGORY: usize = 16;
const CATEGORY_LENGTH: usize = 20;
const PAIR: usize = 24;
const ENTRY: usize = 32;

const SLOTS: u32 = 1 << 17;
/** Entries at which the table asks to be cleared: half of its slots. */
const CAPACITY: u32 = 1 << 16;

/** Readable bytes behind the arena. */
const SLACK: u32 = 8;

let slots: usize = 0;
let entries: usize = 0;
let arena: usize = 0;
let arenaSize: u32 = 1 << 20;
let arenaUsed: u32 = 0;
let count: u32 = 0;

/** The pair found last. */
export let pair: u32 = 0;

export function init(): void {
  slots = heap.alloc(SLOTS << 2);
  entries = heap.alloc(<usize>CAPACITY * ENTRY);
  arena = heap.alloc(arenaSize + SLACK);
  clear();
}

export function clear(): void {
  memory.fill(slots, 0, SLOTS << 2);
  count = 0;
  arenaUsed = 0;
}

/** Looks a spelling up. False if the table is full and it isn't there. */
export function find(brand: usize, brandLength: u32, category: usize, categoryLength: u32): bool {
  let hash = words(0x2545f4914f6cdd1d, brand, brandLength);
  hash = words(hash, category, categoryLength);
  let slot = (<u32>hash) & (SLOTS - 1);
  for (;;) {
    const number = load<u32>(slots + (<usize>slot << 2));
    if (number === 0) break;
    const entry = entries + <usize>(number - 1) * ENTRY;
    if (
      load<u64>(entry, HASH) === hash &&
      load<u32>(entry, BRAND_LENGTH) === brandLength &&
      load<u32>(entry, CATEGORY_LENGTH) === categoryLength &&
      same(arena + load<u32>(entry, BRAND), brand, brandLength) &&
      same(arena + load<u32>(entry, CATEGORY), category, categoryLength)
    ) {
      pair = load<u32>(entry, PAIR);
      return true;
    }
    slot = (slot + 1) & (SLOTS - 1);
  }
  if (count >= CAPACITY - 1) return false;
  const entry = entries + <usize>count * ENTRY;
  store<u64>(entry, hash, HASH);
  store<u32>(entry, keep(brand, brandLength), BRAND);
  store<u32>(entry, brandLength, BRAND_LENGTH);
  store<u32>(entry, keep(category, categoryLength), CATEGORY);
  store<u32>(entry, categoryLength, CATEGORY_LENGTH);
  pair = newPair(brand, brandLength, category, categoryLength);
  store<u32>(entry, pair, PAIR);
  store<u32>(slots + (<usize>slot << 2), ++count);
  return true;
}

/** Whether two ranges of bytes are the same. Up to seven bytes behind them must be readable. */
@inline
function same(a: usize, b: usize, length: u32): bool {
  let rest = length;
  while (rest >= 8) {
    if (load<u64>(a) !== load<u64>(b)) return false;
    a += 8;
    b += 8;
    rest -= 8;
  }
  return rest === 0 || (load<u64>(a) ^ load<u64>(b)) << (64 - (<u64>rest << 3)) === 0;
}

/** Copies bytes into the arena; returns their offset. */
function keep(at: usize, length: u32): u32 {
  if (arenaUsed + length > arenaSize) {
    const size = max(arenaSize * 2, arenaUsed + length);
    const larger = heap.alloc(size + SLACK);
    memory.copy(larger, arena, arenaUsed);
    arena = larger;
    arenaSize = size;
  }
  const offset = arenaUsed;
  memory.copy(arena + offset, at, length);
  arenaUsed += length;
  return offset;
}
