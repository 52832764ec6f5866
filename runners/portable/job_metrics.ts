/** A job's user counters and distributions, in the form that all runners here give them. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { MonitoringInfo } from 'apache-beam/proto/metrics';
import type Long from 'long';
import { Reader } from 'protobufjs/minimal';
import { COUNTER_URN, DISTRIBUTION_URN } from '../harness/metrics';
import { RunMetrics } from '../run_metrics';

/** What runners count of a collection's elements. */
const ELEMENT_COUNT_URN = 'beam:metric:element_count:v1';

export function jobMetrics(infos: readonly MonitoringInfo[], pipeline: runnerApi.Pipeline): RunMetrics {
  const metrics = new RunMetrics();
  for (const { urn, labels, payload } of infos) {
    const { PTRANSFORM: id, NAME: name } = labels;
    if (id === undefined || name === undefined) continue;
    const step = pipeline.components?.transforms[id]?.uniqueName ?? id;
    if (urn === COUNTER_URN) {
      const [value] = integers(payload);
      metrics.commit({ counters: [{ step, name, value }], distributions: [] });
    } else if (urn === DISTRIBUTION_URN) {
      const [count, sum, min, max] = integers(payload);
      metrics.commit({ counters: [], distributions: [{ step, name, value: { count, sum, min, max } }] });
    }
  }
  return metrics;
}

/** By PCollection's id. */
export function elementCounts(infos: readonly MonitoringInfo[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { urn, labels, payload } of infos)
    if (urn === ELEMENT_COUNT_URN && labels.PCOLLECTION !== undefined)
      counts.set(labels.PCOLLECTION, integers(payload)[0]);
  return counts;
}

function integers(payload: Uint8Array): number[] {
  const reader = new Reader(new Uint8Array(payload));
  const values: number[] = [];
  while (reader.pos < reader.len) values.push((reader.int64() as Long).toNumber());
  return values;
}
