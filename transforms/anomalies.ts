import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import { isBounded } from '../beam/bounded';
import { combineByKey, type Keyed } from '../beam/combine';
import { JsonCoder } from '../beam/json_coder';
import { pinned } from '../beam/pin';
import {
  KVCoder,
  type PCollection,
  paneInfoParam,
  parDo,
  windowParam,
  withCoderInternal,
  withName,
} from '../beam/sdk';
import { asSingleton } from '../beam/side_inputs';
import { named, step, type Transform } from '../beam/step';
import { FixedWindows } from '../beam/windows';
import { HOUR_MS } from '../schema/events';
import type { AnomalyRow } from '../schema/tables';
import type { ScoreOptions } from './anomalies/score';
import { ScoreHour } from './anomalies/score_fn';
import { type HourVerdict, LatestVerdicts } from './anomalies/verdict_fn';
import { type Baseline, NO_BASELINE } from './baseline/baseline';
import {
  BuildBaseline,
  DigestHistory,
  DigestHour,
  type HistoryHour,
  type HourBrands,
  TakeBrands,
} from './baseline/baseline_fn';
import { HourBrandsCoder } from './baseline/hour_brands_coder';
import type { Rollup } from './count/rollup';
import { DropKey } from './merge/stamp_source';
import { globalWindow, mergeWindows, type WindowingOptions } from './windowing';

/** Merged hours → their brands, all that baseline and scores need of them. Windows stay hours. */
export function takeBrands(): Transform<Rollup, HourBrands> {
  return step('Take brands', new TakeBrands(), { window: windowParam() }, new HourBrandsCoder());
}

/** Brands of an hour → those that count for a baseline. Windows stay hours. */
export function digestHours(minViews: number): Transform<HourBrands, Keyed<HourBrands>> {
  return step(
    'Digest hours',
    new DigestHour(minViews),
    undefined,
    new KVCoder(new StrUtf8Coder(), new HourBrandsCoder()) as never,
  );
}

/** Hours of an earlier run → the same. */
export function digestHistory(): Transform<HistoryHour, Keyed<HourBrands>> {
  return step(
    'Digest history',
    new DigestHistory(),
    undefined,
    new KVCoder(new StrUtf8Coder(), new HourBrandsCoder()) as never,
  );
}

/**
 * Digests → the baseline, one element in the global window: complete when the input is, and what scores wait for.
 */
export function buildBaseline(
  name: Baseline['name'],
  minViews: number,
): Transform<Keyed<HourBrands>, Baseline> {
  return named('Build baseline', (digests: PCollection<Keyed<HourBrands>>) =>
    digests
      .apply(globalWindow({ accumulating: true }))
      .apply(
        combineByKey('All hours', new BuildBaseline(name, minViews), {
          input: new HourBrandsCoder(),
          output: new JsonCoder<Baseline>(),
        }),
      )
      .apply(step('Drop key', new DropKey<Baseline>())),
  );
}

/**
 * Brands of an hour × baseline → anomaly rows, the latest verdict on each hour and brand that was ever flagged. The main input keeps its windows; the side input is looked up in its own.
 */
export function detectAnomalies(
  baseline: PCollection<Baseline>,
  options: ScoreOptions,
  windowing: WindowingOptions,
  computedAt: number,
): Transform<HourBrands, AnomalyRow[]> {
  return named('Detect anomalies', (hours: PCollection<HourBrands>) => {
    const params = {
      window: windowParam(),
      pane: paneInfoParam(),
      baseline: asSingleton(baseline, NO_BASELINE),
    };
    const verdicts: PCollection<Keyed<HourVerdict>> = hours
      .apply(
        pinned<HourBrands, Keyed<HourVerdict>>(
          'Score against the baseline',
          parDo(new ScoreHour(options, computedAt, isBounded(hours)) as never, params as never),
        ) as never,
      )
      .apply(
        withName(
          'Encode verdicts',
          withCoderInternal(new KVCoder(new StrUtf8Coder(), new JsonCoder<HourVerdict>())),
        ) as never,
      );
    return verdicts
      .apply(mergeWindows<Keyed<HourVerdict>>(new FixedWindows(HOUR_MS), windowing, 2))
      .apply(
        combineByKey('Latest verdicts', new LatestVerdicts(), {
          input: new JsonCoder<HourVerdict>(),
          output: new JsonCoder<AnomalyRow[]>(),
        }),
      )
      .apply(step('Drop key', new DropKey<AnomalyRow[]>()));
  });
}
