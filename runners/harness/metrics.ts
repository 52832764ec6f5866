/** User counters and distributions of one bundle, by step. They count only once the bundle is committed. */
import type { MetricParam } from './do_fn_params';

export const COUNTER_URN = 'beam:metric:user:sum_int64:v1';
export const DISTRIBUTION_URN = 'beam:metric:user:distribution_int64:v1';

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Plain data, so that it crosses threads as it is. */
export interface StepMetric<V> {
  /** The step's unique name. */
  readonly step: string;
  readonly name: string;
  readonly value: V;
}

export interface BundleMetrics {
  readonly counters: StepMetric<number>[];
  readonly distributions: StepMetric<Distribution>[];
}

export class MetricsRecorder {
  private readonly counters = new Map<string, Map<string, number>>();
  private readonly distributions = new Map<string, Map<string, Distribution>>();

  record(step: string, metric: MetricParam, value: number): void {
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new TypeError(`The metric ${metric.name} takes numbers, not ${String(value)}`);
    }
    switch (metric.metricType) {
      case COUNTER_URN: {
        const values = valuesOf(this.counters, step);
        values.set(metric.name, (values.get(metric.name) ?? 0) + value);
        return;
      }
      case DISTRIBUTION_URN: {
        const values = valuesOf(this.distributions, step);
        const one = { count: 1, sum: value, min: value, max: value };
        const before = values.get(metric.name);
        values.set(metric.name, before === undefined ? one : addDistributions(before, one));
        return;
      }
      default:
        throw new Error(`The metric ${metric.name} is of an unknown type, ${metric.metricType}`);
    }
  }

  /** What was recorded since the last `take`. */
  soFar(): BundleMetrics {
    return { counters: listed(this.counters), distributions: listed(this.distributions) };
  }

  /** What was recorded since the last call. */
  take(): BundleMetrics {
    const taken = this.soFar();
    this.counters.clear();
    this.distributions.clear();
    return taken;
  }
}

export function addDistributions(a: Distribution, b: Distribution): Distribution {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

function valuesOf<V>(metrics: Map<string, Map<string, V>>, step: string): Map<string, V> {
  let values = metrics.get(step);
  if (values === undefined) {
    values = new Map();
    metrics.set(step, values);
  }
  return values;
}

function listed<V>(metrics: Map<string, Map<string, V>>): StepMetric<V>[] {
  return [...metrics].flatMap(([step, values]) =>
    [...values].map(([name, value]) => ({ step, name, value })),
  );
}
