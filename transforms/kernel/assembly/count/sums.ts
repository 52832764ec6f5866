/**
 * The measures of a set: counts by event type and revenue, per pair of dimensions and per price band.
 */
import { META, PRICE_LOW, RECORD, records, size } from './set';

const LOSER: u32 = 1 << 31;
const PRICE_MISSING: u32 = 1 << 30;
const DIMENSION: u32 = 0xffff;
const PURCHASE: u32 = 3;

/** A cell: four counts of 32 bits, the revenue's low and high 64 bits, and whether any record touched it (a loser does, without counting). */
const REVENUE_LOW: usize = 16;
const REVENUE_HIGH: usize = 24;
const TOUCHED: usize = 32;
const CELL: usize = 40;

let cells: usize = 0;
let cellsRoom: u32 = 0;

/** Sums the set up. The cells of `pairs` pairs come first, then those of the price bands that `bounds` part, then one for a missing price. Returns their address. */
export function sumUp(pairs: u32, bounds: usize, boundCount: u32): usize {
  const count = pairs + boundCount + 2;
  if (count > cellsRoom) {
    if (cells !== 0) heap.free(cells);
    cellsRoom = max(count, cellsRoom * 2);
    cells = heap.alloc(<usize>cellsRoom * CELL);
  }
  memory.fill(cells, 0, <usize>count * CELL);
  const bands = cells + <usize>pairs * CELL;
  const end = records + <usize>size * RECORD;
  for (let record = records; record < end; record += RECORD) {
    const meta = load<u32>(record, META);
    const pair = cells + <usize>(meta & DIMENSION) * CELL;
    let price: u64 = 0;
    let number: u32 = boundCount + 1;
    if ((meta & PRICE_MISSING) === 0) {
      price = (<u64>((meta >> 16) & 0xfff) << 32) | load<u32>(record, PRICE_LOW);
      number = 0;
      while (number < boundCount && price >= load<u64>(bounds + (<usize>number << 3))) number++;
    }
    const band = bands + <usize>number * CELL;
    store<u32>(pair, 1, TOUCHED);
    store<u32>(band, 1, TOUCHED);
    if ((meta & LOSER) !== 0) continue;
    const type = (meta >> 28) & 3;
    count1(pair, type);
    count1(band, type);
    if (type === PURCHASE) {
      addRevenue(pair, price);
      addRevenue(band, price);
    }
  }
  return cells;
}

@inline
function count1(cell: usize, type: u32): void {
  const at = cell + (<usize>type << 2);
  store<u32>(at, load<u32>(at) + 1);
}

@inline
function addRevenue(cell: usize, price: u64): void {
  const low = load<u64>(cell, REVENUE_LOW) + price;
  store<u64>(cell, low, REVENUE_LOW);
  if (low < price) store<u64>(cell, load<u64>(cell, REVENUE_HIGH) + 1, REVENUE_HIGH);
}
