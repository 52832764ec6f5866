import { LAST_TIME } from '../../schema/events';
import type { BlockColumn } from '../staging/block_reader';

/** Halves of the last time in microseconds, as it lies in a block. */
const LAST = new Int32Array(BigInt64Array.of(BigInt(LAST_TIME) * 1000n).buffer);
const [LAST_LOW, LAST_HIGH] = [LAST[0] >>> 0, LAST[1]];

/** A column of times of which none is later than BigQuery's last one, which ends the year 9999: there the last hour of that year ends a millisecond earlier. */
export function storableTimes(column: BlockColumn): BlockColumn {
  const { values } = column;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length >> 2);
  let own: Int32Array | null = null;
  for (let at = 0; at < words.length; at += 2) {
    const high = words[at + 1];
    if (high < LAST_HIGH || (high === LAST_HIGH && words[at] >>> 0 <= LAST_LOW)) continue;
    own ??= words.slice();
    own[at] = LAST_LOW;
    own[at + 1] = LAST_HIGH;
  }
  return own === null ? column : { ...column, values: new Uint8Array(own.buffer) };
}
