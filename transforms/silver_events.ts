import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import type { Keyed } from '../beam/combine';
import { JsonCoder } from '../beam/json_coder';
import {
  assignTimestamps,
  groupByKey,
  KVCoder,
  type PCollection,
  withCoderInternal,
  withName,
} from '../beam/sdk';
import { named, step, type Transform } from '../beam/step';
import { FixedWindows } from '../beam/windows';
import { HOUR_MS } from '../schema/events';
import type { SilverRow } from '../schema/tables';
import type { SilverBatch } from './silver/silver_collector';
import { KeySilver, SilverRows, silverTimestamp } from './silver/silver_fn';
import type { SilverRecord } from './silver/silver_record';
import { accumulatorWindows, type WindowingOptions } from './windowing';

/**
 * Kept records → rows of silver_events, one per dedup key, in hourly windows like the counts. For bounded input: all fields of all events of an hour come together.
 */
export function silverEventRows(
  windowing: WindowingOptions,
  priceBandBounds: readonly number[],
): Transform<SilverBatch, SilverRow[]> {
  return named('Silver events', (batches: PCollection<SilverBatch>) =>
    batches
      .apply(withName('Take event time', assignTimestamps(silverTimestamp as never)) as never)
      .apply(step<SilverBatch, Keyed<SilverRecord[]>, unknown>('Key by hour', new KeySilver()) as never)
      .apply(
        withName(
          'Encode',
          withCoderInternal(new KVCoder(new StrUtf8Coder(), new JsonCoder<SilverRecord[]>())),
        ) as never,
      )
      .apply(accumulatorWindows(new FixedWindows(HOUR_MS), windowing) as never)
      .apply(withName('Records of an hour', groupByKey()) as never)
      .apply(step('One of each key', new SilverRows(priceBandBounds)) as never),
  ) as never;
}
