import { LAST_TIME } from '../../schema/events';
import type { BlockColumn } from '../staging/block_reader';
import { wordsOf } from './write/block_values';

/** Halves of the last time in microseconds, as they lie in a block. It is after 1970, so that the higher one is not negative. */
const [LAST_LOW, LAST_HIGH] = new Uint32Array(BigInt64Array.of(BigInt(LAST_TIME) * 1000n).buffer);

/** A column of times of which none is later than BigQuery's last one, which ends the year 9999: there the last hour of that year ends a millisecond earlier. */
export function storableTimes(column: BlockColumn): BlockColumn {
  const words = wordsOf(column);
  let own: Uint32Array | null = null;
  for (let at = 0; at < words.length; at += 2) {
    const high = words[at + 1] | 0;
    if (high < LAST_HIGH || (high === LAST_HIGH && words[at] <= LAST_LOW)) continue;
    own ??= words.slice();
    own[at] = LAST_LOW;
    own[at + 1] = LAST_HIGH;
  }
  return own === null ? column : { ...column, values: new Uint8Array(own.buffer) };
}
