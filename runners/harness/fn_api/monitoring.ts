/** What a bundle has counted, as the Fn API wants it. Some runners take whole infos, others short ids and bytes: both are sent. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { MonitoringInfo } from 'apache-beam/proto/metrics';
import Long from 'long';
import { Writer } from 'protobufjs/minimal';
import { type BundleMetrics, COUNTER_URN, DISTRIBUTION_URN } from '../metrics';

const ELEMENT_COUNT_URN = 'beam:metric:element_count:v1';
const READ_INDEX_URN = 'beam:metric:data_channel:read_index:v1';
const SUM_TYPE = 'beam:metrics:sum_int64:v1';
const DISTRIBUTION_TYPE = 'beam:metrics:distribution_int64:v1';

/** User metrics have no namespace in the TypeScript SDK, but runners want one. */
const NAMESPACE = 'user';

export interface Counted {
  readonly metrics: BundleMetrics;
  /** By PCollection. */
  readonly elementCounts: ReadonlyMap<string, number>;
  /** By source, the index of the element at work. */
  readonly readIndexes: Iterable<readonly [transformId: string, index: number]>;
}

export interface Report {
  monitoringInfos: MonitoringInfo[];
  monitoringData: Record<string, Uint8Array>;
}

/** A worker's short ids, and what they stand for. */
export class Monitoring {
  /** Told which ids the runner has asked about. */
  onExplained: (ids: readonly string[]) => void = () => undefined;
  private readonly shortIds = new Map<string, string>();
  private readonly infos = new Map<string, MonitoringInfo>();

  /** @param transformIds by a step's unique name */
  report(
    { metrics, elementCounts, readIndexes }: Counted,
    transformIds: ReadonlyMap<string, string>,
  ): Report {
    const infos: MonitoringInfo[] = [];
    for (const [PCOLLECTION, count] of elementCounts)
      infos.push(info(ELEMENT_COUNT_URN, SUM_TYPE, integers(count), { PCOLLECTION }));
    for (const [PTRANSFORM, index] of readIndexes)
      infos.push(info(READ_INDEX_URN, SUM_TYPE, integers(index), { PTRANSFORM }));
    const user = (step: string, NAME: string) => {
      return { PTRANSFORM: transformIds.get(step) ?? step, NAMESPACE, NAME };
    };
    for (const { step, name, value } of metrics.counters)
      infos.push(info(COUNTER_URN, SUM_TYPE, integers(value), user(step, name)));
    for (const { step, name, value } of metrics.distributions) {
      const { count, sum, min, max } = value;
      infos.push(info(DISTRIBUTION_URN, DISTRIBUTION_TYPE, integers(count, sum, min, max), user(step, name)));
    }
    const monitoringData: Record<string, Uint8Array> = {};
    for (const each of infos) monitoringData[this.shortId(each)] = each.payload;
    return { monitoringInfos: infos, monitoringData };
  }

  /** What short ids stand for; those that no report has used are left out. */
  explain(ids: readonly string[]): Record<string, MonitoringInfo> {
    const known: Record<string, MonitoringInfo> = {};
    for (const id of ids) {
      const meant = this.infos.get(id);
      if (meant !== undefined) known[id] = meant;
    }
    this.onExplained(ids);
    return known;
  }

  private shortId(meant: MonitoringInfo): string {
    const key = JSON.stringify([meant.urn, meant.labels]);
    let id = this.shortIds.get(key);
    if (id === undefined) {
      id = `m${this.shortIds.size}`;
      this.shortIds.set(key, id);
      this.infos.set(id, { ...meant, payload: new Uint8Array() });
    }
    return id;
  }
}

/** Steps' unique names to the ids that the runner calls them by; only steps that run users' code count anything by name. */
export function transformIdsOf(
  transforms: Readonly<Record<string, runnerApi.PTransform>>,
): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [id, { uniqueName, spec }] of Object.entries(transforms))
    if (spec?.urn === 'beam:transform:pardo:v1' || !ids.has(uniqueName)) ids.set(uniqueName, id);
  return ids;
}

function info(
  urn: string,
  type: string,
  payload: Uint8Array,
  labels: Record<string, string>,
): MonitoringInfo {
  return { urn, type, payload, labels };
}

/** Runners add integers up: what a step has counted in fractions is cut. */
function integers(...values: number[]): Uint8Array {
  const writer = new Writer();
  for (const value of values) writer.int64(Long.fromNumber(value));
  return writer.finish();
}
