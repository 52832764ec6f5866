/**
 * Counting: batches → the distinct records of each hour, slot and shard → rollups → merged hours → merged days.
 *
 * Time and windows are said here and nowhere else: hours are fixed windows of event time; days re-window the merged hours, whose timestamp is the end of their hour.
 */
import { combineByKey, type Keyed } from '../beam/combine';
import { type PCollection, windowParam } from '../beam/sdk';
import { named, step, type Transform } from '../beam/step';
import { FixedWindows } from '../beam/windows';
import { DAY_MS, HOUR_MS } from '../schema/events';
import type { EventBatch } from './clean/event_batch';
import { EventBatchCoder } from './clean/event_batch_coder';
import { RollupCoder } from './count/coders';
import { CountRecords } from './count/count_fn';
import type { Rollup } from './count/rollup';
import { MergeSources, type SourcedRollup } from './merge/merge_fn';
import { DropKey, StampHour, StampSlot } from './merge/stamp_source';
import { accumulatorWindows, mergeWindows, type WindowingOptions } from './windowing';

/**
 * Batches keyed by slot and shard → a rollup per key, hour and pane.
 *
 * A user sees: early panes while the hour runs, one when the watermark passes its end, and one for every late arrival until the allowed lateness is over; each holds the
 * whole hour so far. What is later still is dropped by the runner, and counted.
 */
export function countRecords(
  windowing: WindowingOptions,
  priceBandBounds: readonly number[],
): Transform<Keyed<EventBatch>, Keyed<Rollup>> {
  return named('Count records', (batches: PCollection<Keyed<EventBatch>>) =>
    batches.apply(accumulatorWindows(new FixedWindows(HOUR_MS), windowing)).apply(
      combineByKey('Distinct records', new CountRecords(priceBandBounds), {
        input: new EventBatchCoder(),
        output: new RollupCoder<Rollup>(),
      }),
    ),
  );
}

/** Rollups of an hour's slots and shards → the hour, one pane for each of theirs. */
export function mergeHours(windowing: WindowingOptions): Transform<Keyed<Rollup>, Rollup> {
  return named('Merge hours', (rollups: PCollection<Keyed<Rollup>>) =>
    rollups
      .apply(step('Stamp slot', new StampSlot()))
      .apply(mergeWindows<Keyed<SourcedRollup>>(new FixedWindows(HOUR_MS), windowing, 1))
      .apply(merge('Fullest of each slot')),
  );
}

/** Merged hours → the day, one pane for each of theirs. */
export function mergeDays(windowing: WindowingOptions): Transform<Rollup, Rollup> {
  return named('Merge days', (hours: PCollection<Rollup>) =>
    hours
      .apply(step('Stamp hour', new StampHour(), { window: windowParam() }))
      .apply(mergeWindows<Keyed<SourcedRollup>>(new FixedWindows(DAY_MS), windowing, 2))
      .apply(merge('Fullest of each hour')),
  );
}

function merge(name: string): Transform<Keyed<SourcedRollup>, Rollup> {
  return named(name, (sources: PCollection<Keyed<SourcedRollup>>) =>
    sources
      .apply(
        combineByKey('Merge', new MergeSources(), {
          input: new RollupCoder<SourcedRollup>(),
          output: new RollupCoder<Rollup>(),
        }),
      )
      .apply(step('Drop key', new DropKey<Rollup>(), undefined, new RollupCoder<Rollup>())),
  );
}
