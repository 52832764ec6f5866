/** The tables of a stream in which brands had the hours of a made-up world (world.ts). */
import { goldAnomaliesHourlyBrand, goldFunnelHourlyBrand, runs } from '../../../schema/tables';
import type { Rows } from '../reference_store';
import { HOUR, type Hours, START } from './world';

/** Hours after those that are given have no events. What is judged has the views that the run asks for: 80. @param watermarkHours how many hours the watermark has passed */
export function tablesOf(hours: Hours, watermarkHours: number): Rows {
  const all = Object.entries(hours).flatMap(([brand, states]) =>
    states.map((state, at) => ({ brand, state, start: START + at * HOUR })),
  );
  const hourOf = (start: number) => ({
    window_start: start,
    window_end: start + HOUR,
    window_date: new Date(start).toISOString().slice(0, 10),
  });
  const measures = {
    removals: 0,
    carts: 10,
    revenue: 0n,
    view_to_cart_rate: 0.1,
    cart_to_purchase_rate: 0.5,
  };
  const provenance = { pane: 'on_time', revision: 1, computed_at: START };
  const judged = { views: 100, purchases: 5, conversion_rate: 0.05, ...measures, ...provenance };
  return {
    [goldFunnelHourlyBrand.name]: all.map(({ brand, state, start }) => ({
      ...{ ...hourOf(start), brand, ...judged },
      views: state.is === 'unjudged' ? 79 : 100,
    })),
    [goldAnomaliesHourlyBrand.name]: all.flatMap(({ brand, state, start }) => {
      if (!('risk' in state)) return [];
      const sign = state.is === 'drop' ? 1 : -1;
      return [
        {
          ...{ ...hourOf(start), brand, ...judged, detector: 'zscore', status: 'open', hour_of_day: 0 },
          ...{ anomaly_type: state.is, is_drop_anomaly: sign > 0, is_spike_anomaly: sign < 0 },
          ...{ z_brand: -3 * sign, z_brand_hour: 0, conv_mean_brand: 0.1, conv_std_brand: 0.01, n_brand: 10 },
          ...{ conv_mean_brand_hour: null, conv_std_brand_hour: null, n_brand_hour: 0 },
          ...{ expected_purchases: 10, revenue_at_risk: BigInt(sign * state.risk) * 10_000n },
          ...{ baseline: 'trailing', baseline_through: null },
        },
      ];
    }),
    [runs.name]: [
      {
        ...{ run_id: 'r', state_id: 's', mode: 'streaming', input: 'x', counts: '{}', status: 'running' },
        ...{ options: '{"score":{"minFlagViews":80}}', watermark: START + watermarkHours * HOUR },
        ...{ allowed_lateness_ms: 0, started_at: START, finished_at: null },
      },
    ],
  };
}
