/** Reads the pipeline's proto: its tree of transforms becomes a list of leaves, producers before consumers. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { COMBINE_PER_KEY_URN, expandCombine } from '../combine_parts';
import { sideInputNames } from '../harness/bundle_processor';
import { KV_CODER_URN } from '../harness/coders';
import { UnsupportedStepError } from '../step_error';
import type { Step, StepGraph } from './stages';

const KINDS: Readonly<Record<string, Step['kind']>> = {
  'beam:transform:impulse:v1': 'impulse',
  'beam:transform:group_by_key:v1': 'group',
  [COMBINE_PER_KEY_URN]: 'combine',
  'beam:transform:reshuffle:v1': 'reshuffle',
  'beam:transform:flatten:v1': 'flatten',
};

/** Composites of which the parts are not looked at. */
const RUN_WHOLE: ReadonlySet<string> = new Set(['beam:transform:reshuffle:v1', COMBINE_PER_KEY_URN]);

export interface ReadingOptions {
  /** What becomes of combines: parts that are lifted before the shuffle, parts that are not, or, where outputs have a coder, steps as they are, for a grouping that keeps accumulators. */
  readonly combines: 'lifted' | 'grouped' | 'whole';
  /** URNs of what gives out elements while the graph runs. */
  readonly roots?: ReadonlySet<string>;
}

export function stepsOf(pipeline: runnerApi.Pipeline, options: ReadingOptions): StepGraph {
  const components = runnerApi.Components.clone(pipeline.components ?? runnerApi.Components.create());
  const leaves: Step[] = [];
  const visit = (id: string): void => {
    const transform = components.transforms[id];
    const urn = transform.spec?.urn ?? '';
    if (
      urn === COMBINE_PER_KEY_URN &&
      !(options.combines === 'whole' && hasKeyedOutput(transform, components))
    ) {
      for (const part of expandCombine(id, transform, components, options.combines === 'lifted'))
        visitLeaf(part.id, part.transform);
    } else if (transform.subtransforms.length > 0 && !RUN_WHOLE.has(urn)) {
      transform.subtransforms.forEach(visit);
    } else if (!passesThrough(transform)) {
      visitLeaf(id, transform);
    }
  };
  const visitLeaf = (id: string, transform: runnerApi.PTransform): void => {
    const step = stepOf(id, transform);
    leaves.push(options.roots?.has(transform.spec?.urn ?? '') ? { ...step, kind: 'root' } : step);
  };
  pipeline.rootTransformIds.forEach(visit);
  return { steps: inOrder(leaves), components };
}

/** Where a combine's output has no coder for keys and values, it has the SDK's default one, which cuts numbers: it must not be encoded before the next step. */
function hasKeyedOutput(
  { outputs }: runnerApi.PTransform,
  { pcollections, coders }: runnerApi.Components,
): boolean {
  return Object.values(outputs).every((id) => coders[pcollections[id].coderId].spec?.urn === KV_CODER_URN);
}

/** A composite without parts gives out what it takes in. */
function passesThrough({ subtransforms, inputs, outputs }: runnerApi.PTransform): boolean {
  const taken = new Set(Object.values(inputs));
  return subtransforms.length === 0 && Object.values(outputs).every((id) => taken.has(id));
}

function stepOf(id: string, transform: runnerApi.PTransform): Step {
  const sides = sideInputNames(transform);
  const inputs = Object.entries(transform.inputs);
  return {
    id,
    transform,
    kind: KINDS[transform.spec?.urn ?? ''] ?? 'process',
    mainInputs: inputs.filter(([name]) => !sides.has(name)).map(([, pcollection]) => pcollection),
    sideInputs: new Map(inputs.filter(([name]) => sides.has(name))),
    outputs: Object.values(transform.outputs),
  };
}

/** The SDK writes producers first; a proto need not. */
function inOrder(steps: Step[]): Step[] {
  const ordered: Step[] = [];
  const made = new Set<string>();
  let waiting = steps;
  while (waiting.length > 0) {
    const blocked: Step[] = [];
    for (const step of waiting) {
      if ([...step.mainInputs, ...step.sideInputs.values()].every((id) => made.has(id))) {
        ordered.push(step);
        for (const id of step.outputs) made.add(id);
      } else {
        blocked.push(step);
      }
    }
    if (blocked.length === waiting.length) {
      throw new UnsupportedStepError(blocked[0].transform.uniqueName, 'it consumes what no step produces');
    }
    waiting = blocked;
  }
  return ordered;
}
