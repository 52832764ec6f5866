import Long from 'long';
import { type EdgeBatch, entriesOf, FIELD, FIELDS } from '../edge_batch';

/** The least timestamp of a batch's elements, or of its panes where it is one of panes; milliseconds. */
export function leastTimestamp(batch: EdgeBatch): number {
  let least = Number.POSITIVE_INFINITY;
  if (batch.groups !== undefined) {
    for (const { timestampLow, timestampHigh } of batch.groups)
      least = Math.min(least, new Long(timestampLow, timestampHigh).toNumber());
    return least;
  }
  for (let at = 0; at < entriesOf(batch) * FIELDS; at += FIELDS) {
    least = Math.min(
      least,
      new Long(batch.index[at + FIELD.timestampLow], batch.index[at + FIELD.timestampHigh]).toNumber(),
    );
  }
  return least;
}
