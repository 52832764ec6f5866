/** A graph as other runners take it: one environment for all steps, combines in parts that every runner knows, and one pane for each window where the input ends. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { takeCombineApart } from '../combine_composite';
import { COMBINE_PER_KEY_URN } from '../combine_parts';
import { environmentProto, type JobEnvironment } from './environment';

export interface GraphOptions {
  readonly environment: JobEnvironment;
  /** Lets the runner combine before the shuffle, too. */
  readonly liftCombines: boolean;
}

/** A copy of the pipeline; the one that is given stays as it is. */
export function portableGraph(
  pipeline: runnerApi.Pipeline,
  { environment, liftCombines }: GraphOptions,
): runnerApi.Pipeline {
  const graph = runnerApi.Pipeline.fromBinary(runnerApi.Pipeline.toBinary(pipeline));
  const components = graph.components!;
  for (const id of Object.keys(components.environments))
    components.environments[id] = environmentProto(environment);
  for (const [id, transform] of Object.entries(components.transforms))
    if (transform.spec?.urn === COMBINE_PER_KEY_URN)
      takeCombineApart(id, transform, components, liftCombines);
  if (isBounded(components)) speakOnce(components);
  return graph;
}

function isBounded({ pcollections }: runnerApi.Components): boolean {
  return Object.values(pcollections).every(
    ({ isBounded }) => isBounded !== runnerApi.IsBounded_Enum.UNBOUNDED,
  );
}

/** Runners for batches have one pane for each window, whatever the trigger says, and so has the local one. Prism plays triggers also there, with panes that hold the same again: it is told what the others do. */
function speakOnce({ windowingStrategies }: runnerApi.Components): void {
  for (const strategy of Object.values(windowingStrategies)) {
    strategy.trigger = { trigger: { oneofKind: 'default', default: {} } };
    strategy.allowedLateness = 0n;
  }
}
