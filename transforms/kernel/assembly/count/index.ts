/**
 * The counting kernel: batches of packed records → the set of the distinct ones, and its measures. One set at a time; the host takes it out to make room for another.
 */
import * as set from './set';
import { sumUp } from './sums';

export { sumUp };

let input: usize = 0;
let inputRoom: u32 = 0;
let numbers: usize = 0;
let numbersRoom: u32 = 0;
let bounds: usize = 0;
let boundsRoom: u32 = 0;

export function clear(): void {
  set.clear();
}
export function size(): u32 {
  return set.size;
}
export function losers(): u32 {
  return set.losers;
}
/** Address of the set's records. */
export function recordsAt(): usize {
  return set.records;
}

/** Address of a buffer for the records of a batch. */
export function inputAt(records: u32): usize {
  if (records > inputRoom) {
    if (input !== 0) heap.free(input);
    inputRoom = max(records, inputRoom * 2);
    input = heap.alloc(<usize>inputRoom * set.RECORD);
  }
  return input;
}

/** Address of a buffer for the set's numbers of a batch's pairs. */
export function numbersAt(pairs: u32): usize {
  if (pairs > numbersRoom) {
    if (numbers !== 0) heap.free(numbers);
    numbersRoom = max(pairs, numbersRoom * 2);
    numbers = heap.alloc(<usize>numbersRoom << 2);
  }
  return numbers;
}

/** Address of a buffer for the bounds of price bands, 64 bits each. */
export function boundsAt(count: u32): usize {
  if (count > boundsRoom) {
    if (bounds !== 0) heap.free(bounds);
    boundsRoom = count;
    bounds = heap.alloc(<usize>count << 3);
  }
  return bounds;
}

/** Adds the batch in the buffers to the set. */
export function add(count: u32): void {
  set.reserve(set.size + count);
  set.add(input, count, numbers);
}

/** Makes the records in the buffer, which are a set as it was taken out, the set. */
export function restore(count: u32, losers: u32): void {
  set.restore(input, count, losers);
}
