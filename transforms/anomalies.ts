import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
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
import { BuildBaseline, DigestHour, type HourDigest } from './baseline/baseline_fn';
import type { Rollup } from './count/rollup';
import { DropKey } from './merge/stamp_source';
import { globalWindow, mergeWindows, type WindowingOptions } from './windowing';

/** Merged hours → what they add to a baseline. Windows stay hours. */
export function digestHours(minViews: number): Transform<Rollup, Keyed<HourDigest>> {
  return step('Digest hours', new DigestHour(minViews), { window: windowParam() });
}

/**
 * Digests → the baseline, one element in the global window: complete when the input is, and what scores wait for.
 */
export function buildBaseline(
  name: Baseline['name'],
  minViews: number,
): Transform<Keyed<HourDigest>, Baseline> {
  return named('Build baseline', (digests: PCollection<Keyed<HourDigest>>) =>
    digests
      .apply(globalWindow())
      .apply(
        combineByKey('All hours', new BuildBaseline(name, minViews), {
          input: new JsonCoder<HourDigest>(),
          output: new JsonCoder<Baseline>(),
        }),
      )
      .apply(step('Drop key', new DropKey<Baseline>())),
  );
}

/**
 * Merged hours × baseline → anomaly rows, the latest verdict on each hour and brand that was ever flagged. The main input keeps its windows; the side input is looked up in its own.
 */
export function detectAnomalies(
  baseline: PCollection<Baseline>,
  options: ScoreOptions,
  windowing: WindowingOptions,
  computedAt: number,
): Transform<Rollup, AnomalyRow[]> {
  return named('Detect anomalies', (hours: PCollection<Rollup>) => {
    const params = {
      window: windowParam(),
      pane: paneInfoParam(),
      baseline: asSingleton(baseline, NO_BASELINE),
    };
    const verdicts: PCollection<Keyed<HourVerdict>> = hours
      .apply(
        pinned<Rollup, Keyed<HourVerdict>>(
          'Score against the baseline',
          parDo(new ScoreHour(options, computedAt) as never, params as never),
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
