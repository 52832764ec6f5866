/** Counters and distributions of a run: those of all committed bundles, added up. */
import { addDistributions, type BundleMetrics, type Distribution } from './harness/metrics';

export class RunMetrics {
  /** By counter name, summed over steps. */
  readonly counters = new Map<string, number>();
  /** By step, then by counter name. */
  readonly stepCounters = new Map<string, Map<string, number>>();
  /** By distribution name, over all steps. */
  readonly distributions = new Map<string, Distribution>();
  readonly stepDistributions = new Map<string, Map<string, Distribution>>();

  commit({ counters, distributions }: BundleMetrics): void {
    for (const { step, name, value } of counters) {
      add(this.counters, name, value, sum);
      add(inStep(this.stepCounters, step), name, value, sum);
    }
    for (const { step, name, value } of distributions) {
      add(this.distributions, name, value, addDistributions);
      add(inStep(this.stepDistributions, step), name, value, addDistributions);
    }
  }
}

function sum(a: number, b: number): number {
  return a + b;
}

function add<V>(values: Map<string, V>, name: string, value: V, combine: (a: V, b: V) => V): void {
  const before = values.get(name);
  values.set(name, before === undefined ? value : combine(before, value));
}

function inStep<V>(steps: Map<string, Map<string, V>>, step: string): Map<string, V> {
  let values = steps.get(step);
  if (values === undefined) {
    values = new Map();
    steps.set(step, values);
  }
  return values;
}
