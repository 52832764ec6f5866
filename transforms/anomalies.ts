import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import { isBounded } from '../beam/bounded';
import { combineByKey, type Keyed } from '../beam/combine';
import { mapSideInputs } from '../beam/map_side_inputs';
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
import { asList } from '../beam/side_inputs';
import { named, step, type Transform } from '../beam/step';
import { FixedWindows } from '../beam/windows';
import { HOUR_MS } from '../schema/events';
import type { AnomalyRow } from '../schema/tables';
import type { ScoreOptions } from './anomalies/score';
import { ScoreHour } from './anomalies/score_fn';
import { AnomalyRowsCoder } from './anomalies/verdict_coders';
import { type HourVerdict, LatestVerdicts } from './anomalies/verdict_fn';
import { type HourBrands, TakeBrands } from './baseline/baseline_fn';
import { HourBrandsCoder } from './baseline/hour_brands_coder';
import type { BaselineInput } from './baselines';
import type { Rollup } from './count/rollup';
import { DropKey } from './merge/stamp_source';
import { mergeWindows, type WindowingOptions } from './windowing';

/** Merged hours → their brands, all that baseline and scores need of them. Windows stay hours. */
export function takeBrands(): Transform<Rollup, HourBrands> {
  return step('Take brands', new TakeBrands(), { window: windowParam() }, new HourBrandsCoder());
}

/**
 * Brands of an hour × baseline → anomaly rows, the latest verdict on each hour and brand that was ever flagged. The main input keeps its windows; the side input is looked up in the window that the
 * baseline says.
 */
export function detectAnomalies(
  { panes, ...against }: BaselineInput,
  options: ScoreOptions,
  windowing: WindowingOptions,
  computedAt: number,
): Transform<HourBrands, AnomalyRow[]> {
  return named('Detect anomalies', (hours: PCollection<HourBrands>) => {
    const params = {
      window: windowParam(),
      pane: paneInfoParam(),
      baseline: asList(panes),
    };
    const score = parDo(
      new ScoreHour(options, computedAt, isBounded(hours), against) as never,
      params as never,
    );
    const mappings = against.hours === null ? {} : { baseline: against.hours };
    const verdicts: PCollection<Keyed<HourVerdict>> = hours
      .apply(
        pinned<HourBrands, Keyed<HourVerdict>>(
          'Score against the baseline',
          mapSideInputs(score, mappings),
        ) as never,
      )
      .apply(
        withName(
          'Encode verdicts',
          withCoderInternal(new KVCoder(new StrUtf8Coder(), new AnomalyRowsCoder())),
        ) as never,
      );
    return verdicts
      .apply(mergeWindows<Keyed<HourVerdict>>(new FixedWindows(HOUR_MS), windowing, 2))
      .apply(
        combineByKey('Latest verdicts', new LatestVerdicts(), {
          input: new AnomalyRowsCoder(),
          output: new AnomalyRowsCoder(),
        }),
      )
      .apply(step('Drop key', new DropKey<AnomalyRow[]>(), undefined, new AnomalyRowsCoder()));
  });
}
