/**
 * What the stored state of a graph depends on, as short texts: a state is only gone on with by a graph that has the same. Windows, triggers, lateness and coders count, since windows, timers and encoded values are
 * stored. What functions do doesn't, nor what they are given, like paths and thresholds: from then on they do something else with the same elements.
 */
import { createHash } from 'node:crypto';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { Schema } from 'apache-beam/proto/schema';
import type { SharedProtos, Step } from '../stages';
import { stepsOf } from '../steps';
import type { StateIdentity } from './identity';

export interface Fingerprints {
  /** By grouping, and by step with side inputs. */
  readonly steps: StateIdentity['steps'];
  /** All steps, in order and with what they are joined to: watermarks, and elements that wait, are stored by it. */
  readonly graph: string;
}

/** Fingerprints of a graph that runs over event time, where combines keep accumulators. The same graph built again, also by another process, has the same. */
export function fingerprintsOf(pipeline: runnerApi.Pipeline): Fingerprints {
  const { steps, components } = stepsOf(pipeline, { combines: 'whole' });
  const kept = steps
    .map((step) => [step.transform.uniqueName, keptBy(step, components)] as const)
    .filter(([, parts]) => parts.length > 0);
  return {
    steps: Object.fromEntries(kept.map(([name, parts]) => [name, hashOf(parts)])),
    graph: hashOf(steps.map(placeOf)),
  };
}

/** JSON that a fingerprint is made of. */
type Part = string | number | readonly Part[];

const HASH_DIGITS = 16;

function hashOf(part: Part): string {
  return createHash('sha256').update(JSON.stringify(part)).digest('hex').slice(0, HASH_DIGITS);
}

function placeOf({ id, kind, transform, mainInputs, sideInputs, outputs }: Step): Part {
  return [id, kind, transform.spec?.urn ?? '', transform.uniqueName, mainInputs, [...sideInputs], outputs];
}

/** All that the state of a step depends on; nothing where it has none. */
function keptBy(step: Step, protos: SharedProtos): Part[] {
  if (step.kind === 'group' || step.kind === 'combine') return grouping(step, protos);
  if (step.sideInputs.size === 0) return [];
  const { sideInputs } = runnerApi.ParDoPayload.fromBinary(step.transform.spec!.payload);
  return [...step.sideInputs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, pcollection]) => [
      name,
      spec(sideInputs[name]?.accessPattern),
      spec(sideInputs[name]?.windowMappingFn),
      collection(pcollection, protos),
    ]);
}

function grouping({ transform, mainInputs }: Step, protos: SharedProtos): Part[] {
  const payload = transform.spec?.payload ?? new Uint8Array();
  const parts = mainInputs.map((pcollection) => collection(pcollection, protos));
  if (payload.length === 0) return parts;
  // A combine, or the grouping of one.
  const { accumulatorCoderId } = runnerApi.CombinePayload.fromBinary(payload);
  return [...parts, coder(accumulatorCoderId, protos)];
}

function collection(id: string, protos: SharedProtos): Part {
  const { coderId, windowingStrategyId } = protos.pcollections[id];
  const strategy = protos.windowingStrategies[windowingStrategyId];
  return [
    coder(coderId, protos),
    coder(strategy.windowCoderId, protos),
    // Ids of other protos say where these are in this graph, not what they are.
    hex(runnerApi.WindowingStrategy.toBinary({ ...strategy, windowCoderId: '', environmentId: '' })),
  ];
}

function coder(id: string, protos: SharedProtos): Part {
  const { spec: named, componentCoderIds } = protos.coders[id];
  return [spec(named), ...componentCoderIds.map((component) => coder(component, protos))];
}

const ROW_CODER_URN = 'beam:coder:row:v1';

function spec(named: runnerApi.FunctionSpec | undefined): Part {
  if (named === undefined) return '';
  const { urn, payload } = named;
  return [urn, urn === ROW_CODER_URN ? schema(payload) : hex(payload)];
}

/** A row's schema without the ids that the SDK makes anew for each graph. */
function schema(payload: Uint8Array): string {
  return JSON.stringify(Schema.toJson(Schema.fromBinary(payload)), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
