import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import type { Keyed } from '../beam/combine';
import { assignTimestamps, counter, KVCoder, type PCollection, split, withName } from '../beam/sdk';
import { step } from '../beam/step';
import type { RangeChunk } from '../schema/chunk';
import type { KeyedBatch } from './clean/batch_builder';
import type { EventBatch } from './clean/event_batch';
import { EventBatchCoder } from './clean/event_batch_coder';
import { batchTimestamp, KeyBatch, ParseChunks, type ParseOptions } from './parse/parse_fn';
import type { RangeRejects, Tally } from './parse/tally';
import type { SilverBatch } from './silver/silver_collector';

/** What records become. */
export interface Cleaned {
  /** Clean events, packed by event hour, keyed by slot and shard; each batch has the time of its earliest event. */
  readonly batches: PCollection<Keyed<EventBatch>>;
  /** Records read and rejected per event hour. */
  readonly tallies: PCollection<Tally>;
  /** Rejected records with their reasons. */
  readonly rejects: PCollection<RangeRejects>;
  /** Whole kept records, where they were asked for. */
  readonly silver: PCollection<SilverBatch>;
}

/**
 * Raw records → clean events in packed batches, and everything that was rejected.
 *
 * Time: elements come in without a time of their own and leave with event time, the earliest of a batch; all events of a batch lie in one hour, so lateness, which is judged per
 * window, is the same for all of them. Windows: all in the global one still.
 */
export function parseAndClean(options: ParseOptions): (chunks: PCollection<RangeChunk>) => Cleaned {
  return withName('Parse and clean', (chunks: PCollection<RangeChunk>) => {
    const parts = chunks
      .apply(
        step('Parse chunks', new ParseChunks(options), {
          rows: counter('rows_read'),
          bytes: counter('bytes_read'),
        }) as never,
      )
      .apply(withName('By kind', split(['batch', 'tally', 'rejects', 'silver'])) as never) as unknown as {
      batch: PCollection<KeyedBatch>;
      tally: PCollection<Tally>;
      rejects: PCollection<RangeRejects>;
      silver: PCollection<SilverBatch>;
    };
    const coder = new KVCoder(new StrUtf8Coder(), new EventBatchCoder());
    return {
      batches: parts.batch
        .apply(withName('Take event time', assignTimestamps(batchTimestamp as never)) as never)
        .apply(step('Key by slot and shard', new KeyBatch(), undefined, coder as never) as never) as never,
      tallies: parts.tally,
      rejects: parts.rejects,
      silver: parts.silver,
    };
  }) as never;
}
