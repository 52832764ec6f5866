/**
 * Fuses steps into stages, greedily along the graph: elements stay objects as long as nothing has to be awaited.
 *
 * Cut are groupings, reshuffles, and the main input of a step whose side input comes from the same stage or a later one. A
 * flatten cuts nothing: it and what follows become part of each stage that feeds it.
 */
import type { PTransform } from 'apache-beam/proto/beam_runner_api';
import { UnsupportedStepError } from '../step_error';
import type { Edge, EdgeKind, Stage, Step, StepGraph } from './stages';

/** The stages of the graph, each behind the stages it waits for. */
export function fuse({ steps }: StepGraph, options: FusionOptions = {}): Stage[] {
  const fusion = new Fusion(options);
  for (const step of steps) fusion.add(step);
  return fusion.finish();
}

export interface FusionOptions {
  /** Cut before every step with side inputs: where input has no end, elements wait there one by one. */
  readonly cutAtSideInputs?: boolean;
}

class Fusion {
  private readonly stages: Stage[] = [];
  /** Where elements of a PCollection come by. */
  private readonly available = new Map<string, Set<Stage>>();
  /** Stages that begin with a PCollection kept for them. */
  private readonly keptFor = new Map<string, Stage[]>();
  private edges = 0;

  constructor(private readonly options: FusionOptions) {}

  add(step: Step): void {
    if (step.kind === 'root') {
      for (const output of step.outputs) {
        const stage = this.newStage(output, step.transform.uniqueName);
        stage.source = 'root';
        this.available.set(output, new Set([stage]));
      }
      return;
    }
    const stages = this.stagesFor(step);
    for (const output of step.outputs) this.available.set(output, stages);
  }

  finish(): Stage[] {
    for (const stage of this.stages) stage.name = nameOf(stage);
    return inOrder(this.stages);
  }

  /** Puts the step where it belongs and says which stages its outputs come by. */
  private stagesFor(step: Step): Set<Stage> {
    switch (step.kind) {
      case 'root':
      case 'impulse':
        return new Set([this.newStage(step.outputs[0])]);
      case 'group':
      case 'combine':
      case 'reshuffle':
        return new Set([this.newStageBehind(step.kind, onlyInput(step), step.outputs[0], step.transform)]);
      case 'flatten': {
        const stages = new Set(step.mainInputs.flatMap((input) => [...this.stagesOf(input)]));
        for (const stage of stages) {
          const here = step.mainInputs.filter((input) => this.stagesOf(input).has(stage));
          const inputs = Object.fromEntries(here.map((input, position) => [String(position), input]));
          stage.steps.push({ ...step, mainInputs: here, transform: { ...step.transform, inputs } });
        }
        return stages;
      }
      case 'process': {
        const stages = this.stagesBeforeSideInputs(step);
        for (const stage of stages) {
          stage.steps.push(step);
          for (const [name, pcollection] of step.sideInputs) {
            stage.sideInputs.push(
              this.newEdge('side', pcollection, stage, { sideInput: { transformId: step.id, name } }),
            );
          }
        }
        return stages;
      }
    }
  }

  /** Where a step's main input comes by, or where it begins again after waiting for the step's side inputs. */
  private stagesBeforeSideInputs(step: Step): Set<Stage> {
    const input = onlyInput(step);
    const sideStages = [...step.sideInputs.values()].flatMap((id) => [...this.stagesOf(id)]);
    const mustCut = this.options.cutAtSideInputs === true && sideStages.length > 0;
    const canWait = (stage: Stage) => !sideStages.some((side) => waitsFor(side, stage));
    const stages = this.stagesOf(input);
    if (!mustCut && [...stages].every(canWait)) return stages;
    const kept = this.keptFor.get(input) ?? [];
    let stage = kept.find(canWait);
    if (stage === undefined) {
      stage = this.newStageBehind('elements', input, input);
      this.keptFor.set(input, [...kept, stage]);
    }
    return new Set([stage]);
  }

  private stagesOf(pcollection: string): Set<Stage> {
    return this.available.get(pcollection)!;
  }

  /** A stage that begins with what an edge carries; a grouping gives it out as another PCollection than it took in. */
  private newStageBehind(kind: EdgeKind, carried: string, input: string, transform?: PTransform): Stage {
    const name = transform?.uniqueName ?? '';
    const stage = this.newStage(input, name);
    stage.source = this.newEdge(kind, carried, stage, { ...(transform && { transform }) });
    return stage;
  }

  /** A stage that begins with an impulse. */
  private newStage(input: string, name = ''): Stage {
    const id = `stage ${this.stages.length + 1}`;
    const stage: Stage = { id, name, steps: [], source: 'impulse', input, sideInputs: [], outputs: [] };
    this.stages.push(stage);
    return stage;
  }

  private newEdge(
    kind: EdgeKind,
    pcollection: string,
    to: Stage,
    about: Pick<Edge, 'transform' | 'sideInput'>,
  ): Edge {
    const from = new Set(this.stagesOf(pcollection));
    const id = `edge ${++this.edges}`;
    const step = about.transform?.uniqueName ?? '';
    const edge: Edge = { id, kind, step, pcollection, from, to, ...about };
    for (const stage of from) stage.outputs.push(edge);
    return edge;
  }
}

/** Whether the stage is `other`, or can only begin after it. */
function waitsFor(stage: Stage, other: Stage): boolean {
  return stage === other || predecessors(stage).some((before) => waitsFor(before, other));
}

/** The stages that have to be complete before the stage can begin. */
export function predecessors({ source, sideInputs }: Stage): Stage[] {
  return [
    ...(typeof source === 'string' ? [] : source.from),
    ...sideInputs.flatMap((edge) => [...edge.from]),
  ];
}

function inOrder(stages: Stage[]): Stage[] {
  const ordered = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (ordered.has(stage)) return;
    predecessors(stage).forEach(visit);
    ordered.add(stage);
  };
  stages.forEach(visit);
  return [...ordered];
}

function onlyInput({ mainInputs, transform }: Step): string {
  if (mainInputs.length === 1) return mainInputs[0];
  throw new UnsupportedStepError(
    transform.uniqueName,
    `it has ${mainInputs.length} main inputs instead of one`,
  );
}

/** The graph's top-level steps that take part, in order. */
function nameOf({ name, steps }: Stage): string {
  const uniqueNames = [...(name === '' ? [] : [name]), ...steps.map(({ transform }) => transform.uniqueName)];
  return [...new Set(uniqueNames.map((uniqueName) => uniqueName.split('/')[0]))].join(' + ');
}
