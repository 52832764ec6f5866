import Long from 'long';
import type { Keyed } from '../../beam/combine';
import type { RangeChunk } from '../../schema/chunk';
import type { KeyedBatch, Sharding } from '../clean/batch_builder';
import type { EventBatch } from '../clean/event_batch';
import { type Counting, renamedCounter } from '../context';
import { ChunkParser, type ParsedPart } from './chunk_parser';

/** How records are read and spread. */
export interface ParseOptions extends Sharding {
  /** Upper case; records in another currency are rejected. Null counts all. */
  readonly currency: string | null;
  /** Whether whole records are given out, too, for silver_events. */
  readonly silver: boolean;
  /** By how much an event may be later than its message was published, in milliseconds; null: it may be of any time, as those of files. */
  readonly maxFutureSkewMs: number | null;
}

/**
 * Raw chunks → packed batches, tallies and rejects, as one output object with one of the three keys each (see `split`).
 *
 * Event time: a batch's timestamp is assigned behind this step, that of its earliest event; all its events lie in one hour.
 */
export class ParseChunks {
  private parser: ChunkParser | undefined;

  constructor(readonly options: ParseOptions) {}

  *process(chunk: RangeChunk, counters: { rows: Counting; bytes: Counting }): Generator<ParsedPart> {
    const { currency, silver, maxFutureSkewMs } = this.options;
    this.parser ??= new ChunkParser(this.options, currency, { silver, maxFutureSkewMs });
    if ('rangeEnd' in chunk) {
      if (this.parser.timesApart > 0)
        renamedCounter(counters.rows, 'timestamps_apart').update(this.parser.timesApart);
      for (const part of this.parser.finish(chunk.rangeEnd.source, chunk.rangeEnd.rangeStart)) {
        if ('tally' in part) {
          const { hours, unknown, currencies } = part.tally;
          for (const currency of currencies) renamedCounter(counters.rows, `currency:${currency}`).update(1);
          counters.rows.update(hours.reduce((sum, [, read]) => sum + read, unknown[0]));
        }
        yield part;
      }
    } else {
      yield* this.parser.parse(chunk);
      counters.bytes.update(chunk.format === 'messages' ? chunk.dataBytes : chunk.end - chunk.start);
    }
  }
}

/** A batch's event time, as Beam's timestamp. */
export function batchTimestamp(keyed: KeyedBatch): Long {
  return Long.fromNumber(keyed.batch.earliest);
}

/** Batch → (slot and shard, batch). */
export class KeyBatch {
  *process({ key, batch }: KeyedBatch): Generator<Keyed<EventBatch>> {
    yield { key: String(key), value: batch };
  }
}
