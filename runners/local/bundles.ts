/** Cuts what an edge has collected into bundles for the stage behind it. */
import type { Coder } from 'apache-beam/coders/coders';
import { PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import { type PaneInfo, Timing } from 'apache-beam/values';
import { ValueEncoder } from '../harness/bytes';
import type { EdgeBatch } from './edge_batch';
import { EdgeBatchBuilder } from './edge_batch_builder';
import type { Group } from './grouping';
import { handOut, type StoredElement } from './stored_values';

/** Bundles that wait to be packed: each batch is made when a worker asks, and the values are let go of with it. */
export interface Bundles {
  readonly count: number;
  next(): EdgeBatch | undefined;
}

/** The pane of a window whose input is complete: the only one. In Java the same, where the watermark jumps to the end. */
const ONLY_PANE: PaneInfo = { timing: Timing.ON_TIME, index: 0, onTimeIndex: 0, isFirst: true, isLast: true };

const MOST_RESHUFFLED_BUNDLES = 1000;
/** Enough for workers to share unequal work, few enough that beginning and ending them costs nothing. */
const BUNDLES_PER_WORKER = 16;
const SMALLEST_BUNDLE_ELEMENTS = 16;
const SMALLEST_BUNDLE_BYTES = 64 * 1024;
/** Four of them are under way at two workers, beside what waits. */
const LARGEST_BUNDLE_BYTES = 4 * 1024 * 1024;

/** Reshuffled elements stand for much work each (a range of a file): a bundle for each of them. */
export function reshuffledBundles(elements: StoredElement[]): Bundles {
  const perBundle = Math.ceil(elements.length / MOST_RESHUFFLED_BUNDLES);
  return packed(
    cut(elements, () => 0, perBundle, 0),
    packElements,
  );
}

export function elementBundles(elements: StoredElement[], workers: number): Bundles {
  return packed(
    cutEvenly(elements, ({ length }) => length, workers),
    packElements,
  );
}

export function groupBundles(groups: Group[], workers: number): Bundles {
  return packed(
    cutEvenly(groups, ({ bytes }) => bytes, workers),
    packGroups,
  );
}

/** The one bundle of a stage that begins with an impulse. */
export function impulseBundle(): Bundles {
  return packed([[]], packElements);
}

function packed<T>(cuts: T[][], pack: (items: T[]) => EdgeBatch): Bundles {
  const waiting = cuts.reverse();
  return {
    count: cuts.length,
    next: () => {
      const items = waiting.pop();
      return items && pack(items);
    },
  };
}

function cutEvenly<T>(items: T[], bytesOf: (item: T) => number, workers: number): T[][] {
  const wanted = BUNDLES_PER_WORKER * Math.max(1, workers);
  const total = items.reduce((sum, item) => sum + bytesOf(item), 0);
  const most = Math.max(Math.ceil(items.length / wanted), SMALLEST_BUNDLE_ELEMENTS);
  const bytes = Math.min(Math.max(total / wanted, SMALLEST_BUNDLE_BYTES), LARGEST_BUNDLE_BYTES);
  return cut(items, bytesOf, most, bytes);
}

/** Closes a bundle when it holds `most` items, or `bytes` of them where that is not 0. */
function cut<T>(items: T[], bytesOf: (item: T) => number, most: number, bytes: number): T[][] {
  const bundles: T[][] = [];
  let bundle: T[] = [];
  let size = 0;
  for (const item of items) {
    bundle.push(item);
    size += bytesOf(item);
    if (bundle.length >= most || (bytes > 0 && size >= bytes)) {
      bundles.push(bundle);
      bundle = [];
      size = 0;
    }
  }
  if (bundle.length > 0) bundles.push(bundle);
  return bundles;
}

function packElements(elements: StoredElement[]): EdgeBatch {
  const batch = new EdgeBatchBuilder();
  for (const element of elements) {
    const window = batch.windows.position(element.window);
    const pane = batch.panes.position(element.pane);
    batch.add(handOut(element, batch), 0, window, pane, element.timestampLow, element.timestampHigh);
  }
  return batch.finish();
}

function packGroups(groups: Group[]): EdgeBatch {
  const batch = new EdgeBatchBuilder();
  const pane = new ValueEncoder().latin1(PaneInfoCoder.INSTANCE as Coder<PaneInfo>, ONLY_PANE);
  for (const { key, window, values, timestamp } of groups) {
    for (const value of values) batch.add(handOut(value, batch), 0, 0, 0, 0, 0);
    batch.endGroup({
      key,
      window,
      pane,
      timestampLow: timestamp.low,
      timestampHigh: timestamp.high,
      values: values.length,
    });
  }
  return batch.finish();
}
