/**
 * The set of distinct records of an hour: an open-addressing table over packed records (transforms/clean/packed_record.ts), which lie one behind the other in order of arrival.
 */

/** Host: which of two records of one key loses; both are numbers of records in this set. */
@external("host", "loserOf")
declare function loserOf(a: u32, b: u32): u32;

/** Bytes of a record, and where its fields are. */
export const RECORD: usize = 28;
const KEY_LOW: usize = 0;
const KEY_HIGH: usize = 8;
const REST: usize = 16;
export const PRICE_LOW: usize = 20;
export const META: usize = 24;

const LOSER: u32 = 1 << 31;
const DIMENSION: u32 = 0xffff;

/** Smallest table, in slots. */
const MIN_SLOTS: u32 = 128;

/** The records. */
export let records: usize = 0;
let room: u32 = 0;
export let size: u32 = 0;
export let losers: u32 = 0;

/** Numbers of records counted from 1, 0 where a slot is empty. The first mask + 1 slots are in use, no more than half of them taken. */
let slots: usize = 0;
let slotsRoom: u32 = 0;
let mask: u32 = 0;

/** Empties the set; its memory stays for the next. */
export function clear(): void {
  size = 0;
  losers = 0;
  mask = 0;
}

@inline
function recordAt(number: u32): usize {
  return records + <usize>number * RECORD;
}

/** Makes room for so many records in all. */
export function reserve(total: u32): void {
  if (total > room) {
    const larger = max(total, room * 2);
    const moved = heap.alloc(<usize>larger * RECORD);
    memory.copy(moved, records, <usize>size * RECORD);
    if (records !== 0) heap.free(records);
    records = moved;
    room = larger;
  }
  let needed = max(MIN_SLOTS, mask + 1);
  while (needed < total * 2) needed <<= 1;
  if (needed !== mask + 1) index(needed);
}

/** Builds the table anew, with so many slots. */
function index(needed: u32): void {
  if (needed > slotsRoom) {
    if (slots !== 0) heap.free(slots);
    slots = heap.alloc(<usize>needed << 2);
    slotsRoom = needed;
  }
  mask = needed - 1;
  memory.fill(slots, 0, <usize>needed << 2);
  for (let number: u32 = 0; number < size; number++) {
    let slot = slotOf(recordAt(number));
    while (load<u32>(slots + (<usize>slot << 2)) !== 0) slot = (slot + 1) & mask;
    store<u32>(slots + (<usize>slot << 2), number + 1);
  }
}

/** Makes `count` records, which are distinct and carry their marks, the set. */
export function restore(from: usize, count: u32, lost: u32): void {
  clear();
  reserve(count);
  memory.copy(records, from, <usize>count * RECORD);
  size = count;
  losers = lost;
  index(mask + 1);
}

/** A record's first slot: by the key's second word, since shards go by its first. */
@inline
function slotOf(record: usize): u32 {
  return load<u32>(record, KEY_LOW + 4) & mask;
}

/** Adds `count` records, for which there is room, with the pairs of `numbers` in the place of their own. */
export function add(from: usize, count: u32, numbers: usize): void {
  const end = from + <usize>count * RECORD;
  for (let source = from; source < end; source += RECORD) {
    const low = load<u64>(source, KEY_LOW);
    const high = load<u64>(source, KEY_HIGH);
    const rest = load<u32>(source, REST);
    const price = load<u32>(source, PRICE_LOW);
    const given = load<u32>(source, META);
    const meta = (given & ~(LOSER | DIMENSION)) | load<u32>(numbers + (<usize>(given & DIMENSION) << 2));
    let slot = slotOf(source);
    let twin: u32 = 0;
    let found = false;
    for (;;) {
      const number = load<u32>(slots + (<usize>slot << 2));
      if (number === 0) break;
      const other = recordAt(number - 1);
      if (load<u64>(other, KEY_LOW) === low && load<u64>(other, KEY_HIGH) === high) {
        const otherMeta = load<u32>(other, META);
        if (load<u32>(other, REST) === rest && load<u32>(other, PRICE_LOW) === price && (otherMeta & ~LOSER) === meta) {
          found = true;
          break;
        }
        if ((otherMeta & LOSER) === 0) twin = number;
      }
      slot = (slot + 1) & mask;
    }
    if (found) continue;
    const into = recordAt(size);
    store<u64>(into, low, KEY_LOW);
    store<u64>(into, high, KEY_HIGH);
    store<u32>(into, rest, REST);
    store<u32>(into, price, PRICE_LOW);
    store<u32>(into, meta, META);
    const number = size++;
    store<u32>(slots + (<usize>slot << 2), size);
    if (twin !== 0) {
      const loser = recordAt(loserOf(number, twin - 1));
      store<u32>(loser, load<u32>(loser, META) | LOSER, META);
      losers++;
    }
  }
}
