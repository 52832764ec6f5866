/**
 * What hours are scored against: their run's own hours, given ones, or those of the weeks before each. A graph is handed one of the three as its baseline end.
 */
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import { isBounded } from '../beam/bounded';
import { combineByKey, type Keyed } from '../beam/combine';
import { discardFiredPanes } from '../beam/discarding';
import { JsonCoder } from '../beam/json_coder';
import { pinned } from '../beam/pin';
import { assignTimestamps, flatten, KVCoder, P, type PCollection, type Root, withName } from '../beam/sdk';
import { named, step, type Transform } from '../beam/step';
import { FixedWindows, SlidingWindows } from '../beam/windows';
import { DAY_MS } from '../schema/events';
import type { ScoredAgainst } from './anomalies/score_fn';
import type { Baseline } from './baseline/baseline';
import {
  BuildBaseline,
  DigestHistory,
  DigestHour,
  type HistoryHour,
  type HourBrands,
  hourTimestamp,
} from './baseline/baseline_fn';
import { type DayDigest, DayDigestCoder } from './baseline/day_digest';
import { HourBrandsCoder } from './baseline/hour_brands_coder';
import { MOST_TRAILING_LATENESS_MS, TRAILING_LEVELS, TRAILING_WEEKS } from './baseline/trailing';
import { DigestDay, TrailingBaseline } from './baseline/trailing_fn';
import { DropKey } from './merge/stamp_source';
import { digestWindows, globalWindow, type WindowingOptions } from './windowing';

/** Panes of baselines, and which of them an hour is scored against. */
export interface BaselineInput extends ScoredAgainst {
  readonly panes: PCollection<Baseline>;
}

export interface BaselineOptions {
  /** Views that an hour of a brand needs to count. */
  readonly minViews: number;
  readonly windowing: WindowingOptions;
}

/** Builds a baseline on `root`, or on the brands of the run's merged hours. */
export type BaselineEnd = (
  root: Root,
  brands: PCollection<HourBrands>,
  options: BaselineOptions,
) => BaselineInput;

/** Where hours of an earlier run come from. */
export type HistorySource = (root: Root) => PCollection<HistoryHour>;

/** The run's own hours, all of them: for bounded input, since nothing is scored before the last has come. */
export const ownHours: BaselineEnd = (_root, brands, { minViews }) => ({
  name: 'run',
  hours: null,
  panes: brands.apply(digestHours(minViews)).apply(buildBaseline(minViews)),
});

/** These hours and nothing else. */
export function givenHours(hours: HistorySource): BaselineEnd {
  return (root, _brands, { minViews }) => ({
    name: 'file',
    hours: null,
    panes: hours(root).apply(digestHistory()).apply(buildBaseline(minViews)),
  });
}

/**
 * For an hour of day D the hours of the days D−57 to D−2: the run's own, and those of `history` that the run has not.
 *
 * Time and windows: hours → days (fixed windows, one digest each) → 56 days, every day (sliding windows, one baseline each). None of the two speaks early. They speak when the watermark has passed
 * their end, and again for each late hour, with all that they hold; the fullest digest of a day counts, never two.
 *
 * Why a score does not depend on when it was made: an hour of day D looks at the window that ended at D−1 00:00, and is scored for the first time when the watermark is past D 01:00. What may
 * still enter that window came before its own lateness was over, and late hours go through all merges at once. So up to {@link MOST_TRAILING_LATENESS_MS} the window has expired, by the watermark, before
 * anyone looks. With a larger lateness an event could change a baseline that hours have been scored against, and the table would show which came first: a stream with it is refused. Bounded input
 * has no late events, and any lateness will do.
 *
 * A window without any hour has no baseline: mean null, z 0, no flag.
 *
 * @throws RangeError where input without an end is allowed to come later than that
 */
export function trailingHours(history: HistorySource | null): BaselineEnd {
  return (root, brands, { minViews, windowing }) => {
    if (!isBounded(brands) && windowing.allowedLatenessMs > MOST_TRAILING_LATENESS_MS)
      throw new RangeError(
        `A trailing baseline of input without an end is complete up to a lateness of ${MOST_TRAILING_LATENESS_MS} ms, not of ${windowing.allowedLatenessMs} ms`,
      );
    const own = brands.apply(ownDays(minViews, windowing));
    const hours = history === null ? own : bothOf(own, history(root).apply(historyDays(windowing)));
    const panes = hours.apply(digestDays()).apply(weeksBefore(minViews, windowing));
    return { name: 'trailing', hours: TRAILING_WEEKS, panes };
  };
}

const keyedHours = () => new KVCoder(new StrUtf8Coder(), new HourBrandsCoder()) as never;

/** Brands of an hour → those that count for a baseline. Windows stay hours. */
function digestHours(minViews: number): Transform<HourBrands, Keyed<HourBrands>> {
  return step('Digest hours', new DigestHour(minViews), undefined, keyedHours());
}

/** Hours of an earlier run → the same. */
function digestHistory(): Transform<HistoryHour, Keyed<HourBrands>> {
  return step('Digest history', new DigestHistory(), undefined, keyedHours());
}

/** Digests → the baseline, one element in the global window: complete when the input is, and what scores wait for. */
function buildBaseline(minViews: number): Transform<Keyed<HourBrands>, Baseline> {
  return named('Build baseline', (digests: PCollection<Keyed<HourBrands>>) =>
    digests
      .apply(globalWindow({ accumulating: true }))
      .apply(
        combineByKey('All hours', new BuildBaseline(minViews), {
          input: new HourBrandsCoder(),
          output: new JsonCoder<Baseline>(),
        }),
      )
      .apply(step('Drop key', new DropKey<Baseline>())),
  );
}

/** Brands of an hour → their UTC day. */
function ownDays(minViews: number, windowing: WindowingOptions): Transform<HourBrands, Keyed<HourBrands>> {
  return named('Days of the run', (brands: PCollection<HourBrands>) =>
    brands
      .apply(digestHours(minViews))
      .apply(digestWindows(new FixedWindows(DAY_MS), windowing, TRAILING_LEVELS - 1)),
  );
}

/** Hours of an earlier run → their UTC day. They come without a time, and get the one at which they began. */
function historyDays(windowing: WindowingOptions): Transform<HistoryHour, Keyed<HourBrands>> {
  return named('Days of history', (hours: PCollection<HistoryHour>) =>
    hours
      .apply(digestHistory())
      .apply(
        withName('Take hour', assignTimestamps(hourTimestamp as never)) as Transform<
          Keyed<HourBrands>,
          Keyed<HourBrands>
        >,
      )
      .apply(digestWindows(new FixedWindows(DAY_MS), windowing, TRAILING_LEVELS - 1)),
  );
}

/** The run's hours and those of history together. It ends when the run does: the SDK would take from both that it has an end. */
function bothOf(
  own: PCollection<Keyed<HourBrands>>,
  history: PCollection<Keyed<HourBrands>>,
): PCollection<Keyed<HourBrands>> {
  return P([own, history]).apply(pinned('With history', flatten(), own) as never);
}

/** Hours of a day → its digest. */
function digestDays(): Transform<Keyed<HourBrands>, Keyed<DayDigest>> {
  return combineByKey('Digest days', new DigestDay(), {
    input: new HourBrandsCoder(),
    output: new DayDigestCoder(),
  });
}

/** Digests → every midnight the baseline over the weeks before. Of its panes each says all there is to say, so the latest replaces the others. */
function weeksBefore(minViews: number, windowing: WindowingOptions): Transform<Keyed<DayDigest>, Baseline> {
  return named('Weeks before', (digests: PCollection<Keyed<DayDigest>>) => {
    const { sizeMs, periodMs } = TRAILING_WEEKS;
    return discardFiredPanes(
      digests
        .apply(
          digestWindows<Keyed<DayDigest>>(new SlidingWindows(sizeMs, periodMs), windowing, TRAILING_LEVELS),
        )
        .apply(
          combineByKey('All days', new TrailingBaseline(minViews), {
            input: new DayDigestCoder(),
            output: new JsonCoder<Baseline>(),
          }),
        )
        .apply(step('Drop key', new DropKey<Baseline>())),
    );
  });
}
