/** JSON objects → packed records. */
import { isAscii, scan, seen } from './json';
import * as output from './output';
import { hour, millis, OBJECT_FIELDS, packObject } from './record';

const HOUR_MS: f64 = 3600000;

/** Where each object begins in the chunk and ends: two numbers an object. */
export let bounds: usize = 0;
/** The latest time that each may be of, milliseconds since 1970; later ones are left to the host. */
export let latest: usize = 0;
/** The time that each is said to be of; not a number where nobody says. */
export let announced: usize = 0;
/** Records of the last call whose own time is further from the announced one than {@link apartMs}. */
export let apartCount: u32 = 0;
let apartMs: f64 = Infinity;

export function init(): void {
  bounds = heap.alloc(output.CAPACITY * 8);
  latest = heap.alloc(output.CAPACITY * 8);
  announced = heap.alloc(output.CAPACITY * 8);
}

export function setApart(milliseconds: f64): void {
  apartMs = milliseconds;
}

/** Reads the objects whose places are in {@link bounds}, as many as that holds at most. Takes those that have no other fields than the packed ones, in ASCII; the others are left. */
export function parseObjects(chunk: usize, count: u32): void {
  output.clear();
  apartCount = 0;
  for (let object: u32 = 0; object < count; object++) {
    const place = bounds + (<usize>object << 3);
    const isRead = scan(chunk + load<u32>(place), chunk + load<u32>(place, 4));
    if (!isRead || !isAscii || seen >> OBJECT_FIELDS !== 0 || !packObject(output.next())) {
      output.leave(object, 0);
      continue;
    }
    const time = <f64>hour * HOUR_MS + <f64>millis;
    if (time > load<f64>(latest + (<usize>object << 3))) {
      output.leave(object, 0);
      continue;
    }
    if (Math.abs(time - load<f64>(announced + (<usize>object << 3))) > apartMs) apartCount++;
    output.keep(hour, millis);
  }
}
