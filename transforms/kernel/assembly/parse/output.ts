/** What the parser gives out: packed records, and what it leaves to the host. */

/** Most records, and most lines or objects for the host, of one call. */
export const CAPACITY: u32 = 4096;
/** Bytes of a record. */
export const RECORD: usize = 28;

/** Packed records; hour since 1970 and milliseconds in it for each. */
export let records: usize = 0;
export let hours: usize = 0;
export let millis: usize = 0;
/** Which lines or objects are left to the host: where they begin, or their numbers; and the numbers of such lines. */
export let others: usize = 0;
export let otherLines: usize = 0;
export let recordCount: u32 = 0;
export let otherCount: u32 = 0;

export function init(): void {
  records = heap.alloc(<usize>CAPACITY * RECORD);
  hours = heap.alloc(CAPACITY * 4);
  millis = heap.alloc(CAPACITY * 4);
  others = heap.alloc(CAPACITY * 4);
  otherLines = heap.alloc(CAPACITY * 4);
}

export function clear(): void {
  recordCount = 0;
  otherCount = 0;
}

@inline
export function isFull(): bool {
  return recordCount === CAPACITY || otherCount === CAPACITY;
}

/** Where the next record goes, which {@link keep} then takes. */
@inline
export function next(): usize {
  return records + <usize>recordCount * RECORD;
}

/** Takes the record at {@link next}. */
@inline
export function keep(hour: i32, milli: i32): void {
  store<i32>(hours + (<usize>recordCount << 2), hour);
  store<i32>(millis + (<usize>recordCount << 2), milli);
  recordCount++;
}

/** Leaves a line or an object to the host. */
@inline
export function leave(which: u32, line: u32): void {
  store<u32>(others + (<usize>otherCount << 2), which);
  store<u32>(otherLines + (<usize>otherCount << 2), line);
  otherCount++;
}
