import Long from 'long';
import type { Keyed } from '../../beam/combine';
import type { SilverRow } from '../../schema/tables';
import { PriceBands } from '../count/price_bands';
import type { SilverBatch } from './silver_collector';
import { compareRecords, type SilverRecord, silverRow } from './silver_record';

/** A batch's time in its hour: lateness is judged per hour, so any will do. */
export function silverTimestamp(batch: SilverBatch): Long {
  return Long.fromNumber(batch.hour);
}

/** Batch → (hour and part of all keys, its records). */
export class KeySilver {
  *process({ key, records }: SilverBatch): Generator<Keyed<SilverRecord[]>> {
    yield { key, value: records };
  }
}

/** All records of an hour and a part of all keys → of each dedup key the record that counts, as rows. */
export class SilverRows {
  constructor(readonly priceBandBounds: readonly number[]) {}

  *process({ value }: Keyed<Iterable<SilverRecord[]>>): Generator<SilverRow[]> {
    const winners = new Map<string, SilverRecord>();
    for (const records of value) {
      for (const record of records) {
        const known = winners.get(record.key);
        if (known === undefined || compareRecords(record, known) < 0) winners.set(record.key, record);
      }
    }
    const bands = new PriceBands(this.priceBandBounds);
    yield Array.from(winners.values(), (record) => silverRow(record, bands));
  }
}
