import { EVENT_FIELDS, HOUR_MS } from '../../schema/events';
import type { RecordListener } from '../clean/cleaner';
import type { Dimensions } from '../clean/dimensions';
import type { Hash128 } from '../kernel/hash128';
import { type FieldRow, fieldText } from '../parse/field_row';
import type { SilverRecord } from './silver_record';

/** Kept records of one hour and a part of all keys. */
export interface SilverBatch {
  readonly key: string;
  /** Milliseconds since 1970 of the hour. */
  readonly hour: number;
  readonly records: SilverRecord[];
}

/** Parts that an hour's records are spread over, by key. */
const PARTS = 8;

/** Listens to the cleaner and keeps every record that it keeps, whole. */
export class SilverCollector implements RecordListener {
  private readonly batches = new Map<string, SilverBatch>();

  constructor(private readonly dimensions: Dimensions) {}

  kept(
    row: FieldRow,
    time: number,
    type: number,
    price: number,
    hash: Hash128,
    brand: number,
    category: number,
  ): void {
    const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
    const key = `${hour}/${(hash.h1 >>> 0) % PARTS}`;
    let batch = this.batches.get(key);
    if (batch === undefined) {
      batch = { key, hour, records: [] };
      this.batches.set(key, batch);
    }
    batch.records.push({
      key: [hash.h1, hash.h2, hash.h3, hash.h4]
        .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
        .join(''),
      time,
      price: Number.isNaN(price) ? null : price,
      type,
      brandNorm: Buffer.from(this.dimensions.brands.bytes(brand)).toString('utf8'),
      categoryNorm: Buffer.from(this.dimensions.categories.bytes(category)).toString('utf8'),
      texts: EVENT_FIELDS.map((_, field) => fieldText(row, field)),
    });
  }

  /** Gives out what has been collected and begins anew. */
  drain(): SilverBatch[] {
    const all = [...this.batches.values()];
    this.batches.clear();
    return all;
  }
}
