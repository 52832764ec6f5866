/** A stage as the harness runs it: its steps between transforms that stand for its edges. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { SINK_URN, SOURCE_URN } from '../harness/descriptor';
import type { Edge, SharedProtos, Stage, StageDefinition, Step } from './stages';

/** The steps must have been read from the same protos; what reads from an edge is added to them where it is missing. */
export function defineStage(stage: Stage, protos: SharedProtos): StageDefinition {
  const transforms: Record<string, runnerApi.PTransform> = {};
  transforms[sourceId(stage.id)] = edgeTransform(stage.name, SOURCE_URN, {}, { out: stage.input });
  for (const { id, transform } of stage.steps) transforms[id] = transform;
  for (const { id, pcollection } of stage.outputs) {
    transforms[id] = edgeTransform(producerOf(stage, pcollection), SINK_URN, { in: pcollection }, {});
  }
  // An edge carries what entered it. A grouping gives it out as another PCollection, which is made of the same; a combine makes another of it.
  const isOfItsOwn = typeof stage.source === 'string' || stage.source.kind === 'combine';
  const pcollection = isOfItsOwn ? stage.input : (stage.source as Edge).pcollection;
  const missing = Object.values(transforms).flatMap(({ inputs }) => Object.values(inputs));
  for (const id of missing)
    if (protos.pcollections[id] === undefined) throw new Error(`No PCollection ${id}`);
  return {
    id: stage.id,
    name: stage.name,
    transforms,
    source: { kind: typeof stage.source === 'string' ? stage.source : stage.source.kind, pcollection },
    sinks: Object.fromEntries(stage.outputs.map(({ id, kind, pcollection }) => [id, { kind, pcollection }])),
  };
}

/** The id of the transform that stands for what enters the stage. */
export function sourceId(stageId: string): string {
  return `${stageId} source`;
}

function edgeTransform(
  uniqueName: string,
  urn: string,
  inputs: Record<string, string>,
  outputs: Record<string, string>,
): runnerApi.PTransform {
  return runnerApi.PTransform.create({
    uniqueName,
    spec: { urn, payload: new Uint8Array() },
    inputs,
    outputs,
  });
}

/** Whose output can't be encoded, if it can't: the step before the edge. */
function producerOf({ steps, name }: Stage, pcollection: string): string {
  const producer = steps.find(({ outputs }: Step) => outputs.includes(pcollection));
  return producer?.transform.uniqueName ?? name;
}
