/**
 * Runs the stages of a bounded pipeline: a stage begins when its inputs are complete, its bundles go to whichever executor has
 * room, what they send is kept by edge. Stages that don't wait for one another run at the same time.
 */

import type { RunMetrics } from '../run_metrics';
import { type Bundles, impulseBundle } from './bundles';
import type { EdgeBatch } from './edge_batch';
import { type EdgeStore, openStore } from './edge_stores';
import { predecessors } from './fusion';
import { defineStage } from './stage_definition';
import type { StageExecutor } from './stage_executor';
import type { BundleResult } from './stage_host';
import type { SharedProtos, Stage, StageDefinition } from './stages';

interface StageRun {
  readonly stage: Stage;
  readonly definition: StageDefinition;
  state: 'waiting' | 'running' | 'closing' | 'complete';
  /** There from the stage's beginning. */
  bundles: Bundles | undefined;
  done: number;
  /** The executors that know the stage, each since it was asked to open it. */
  readonly opened: Map<StageExecutor, Promise<void>>;
}

export interface BundleDone {
  readonly stage: string;
  readonly bundlesDone: number;
  readonly bundlesTotal: number;
  /** Stages that have not processed all of their bundles. */
  readonly stagesLeft: number;
}

export class Execution {
  private readonly runs: StageRun[];
  private readonly stores = new Map<string, EdgeStore>();
  private readonly load = new Map<StageExecutor, number>();
  private ended = false;
  private readonly finished: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: unknown) => void;

  constructor(
    stages: readonly Stage[],
    protos: SharedProtos,
    private readonly executors: readonly StageExecutor[],
    private readonly metrics: RunMetrics,
    private readonly onBundle: (done: BundleDone) => void,
  ) {
    this.runs = stages.map((stage) => ({
      stage,
      definition: defineStage(stage, protos),
      state: 'waiting',
      bundles: undefined,
      done: 0,
      opened: new Map(),
    }));
    for (const edge of stages.flatMap(({ outputs }) => outputs)) {
      if (!this.stores.has(edge.id)) this.stores.set(edge.id, openStore(edge, protos));
    }
    this.finished = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Resolves when all stages are complete; rejects with what made the first bundle fail. Executors go on living. */
  run(): Promise<void> {
    this.advance();
    return this.finished;
  }

  /** Hands out no more bundles and rejects the run. */
  fail(error: unknown): void {
    this.ended = true;
    this.reject(error);
  }

  private advance(): void {
    if (this.ended) return;
    try {
      for (const run of this.runs) {
        if (run.state !== 'waiting' || !this.mayBegin(run.stage)) continue;
        run.bundles = this.takeBundles(run.stage);
        run.state = 'running';
      }
      const running = this.runs.filter(({ state }) => state === 'running');
      // A single bundle can't be shared out: begun last, it would keep one executor busy and the others waiting.
      for (const run of running.sort((a, b) => a.bundles!.count - b.bundles!.count)) {
        this.handOut(run, run.bundles!);
        if (run.done === run.bundles!.count) void this.close(run);
      }
      if (this.runs.every(({ state }) => state === 'complete')) this.resolve();
    } catch (error) {
      this.fail(error);
    }
  }

  private mayBegin(stage: Stage): boolean {
    const before = new Set(predecessors(stage));
    return this.runs.every((run) => run.state === 'complete' || !before.has(run.stage));
  }

  private takeBundles({ source }: Stage): Bundles {
    if (typeof source === 'string') return impulseBundle();
    const bundles = this.stores.get(source.id)!.takeBundles(this.executors.length);
    this.stores.delete(source.id);
    return bundles;
  }

  private handOut(run: StageRun, bundles: Bundles): void {
    for (let executor = this.idlest(); executor !== undefined; executor = this.idlest()) {
      const batch = bundles.next();
      if (batch === undefined) return;
      void this.process(run, executor, batch);
    }
  }

  private idlest(): StageExecutor | undefined {
    let idlest: StageExecutor | undefined;
    for (const executor of this.executors) {
      if (this.loadOf(executor) >= executor.capacity) continue;
      if (idlest === undefined || this.loadOf(executor) < this.loadOf(idlest)) idlest = executor;
    }
    return idlest;
  }

  private loadOf(executor: StageExecutor): number {
    return this.load.get(executor) ?? 0;
  }

  private async process(run: StageRun, executor: StageExecutor, batch: EdgeBatch): Promise<void> {
    this.load.set(executor, this.loadOf(executor) + 1);
    try {
      // Executors do what they are asked in order: no need to await the opening first.
      const opened = this.open(run, executor);
      const [, result] = await Promise.all([opened, executor.process(run.stage.id, batch)]);
      if (!this.ended) this.commit(run, result);
    } catch (error) {
      this.fail(error);
    } finally {
      this.load.set(executor, this.loadOf(executor) - 1);
    }
    this.advance();
  }

  private open(run: StageRun, executor: StageExecutor): Promise<void> {
    let opened = run.opened.get(executor);
    if (opened === undefined) {
      const sideInputs = run.stage.sideInputs.map(({ id, sideInput }) => ({
        ...sideInput!,
        batch: this.stores.get(id)!.copy(),
      }));
      opened = executor.open(run.definition, sideInputs);
      run.opened.set(executor, opened);
    }
    return opened;
  }

  private commit(run: StageRun, { outputs, metrics }: BundleResult): void {
    for (const { edge, batch } of outputs) this.stores.get(edge)!.add(batch);
    this.metrics.commit(metrics);
    run.done++;
    this.onBundle({
      stage: run.stage.name,
      bundlesDone: run.done,
      bundlesTotal: run.bundles!.count,
      stagesLeft: this.runs.filter(({ done, bundles }) => bundles === undefined || done < bundles.count)
        .length,
    });
  }

  /** Stages behind it begin when its DoFns have been torn down: what they had open is closed then. */
  private async close(run: StageRun): Promise<void> {
    run.state = 'closing';
    try {
      await Promise.all([...run.opened.keys()].map((executor) => executor.close(run.stage.id)));
    } catch (error) {
      this.fail(error);
      return;
    }
    run.state = 'complete';
    for (const { id } of run.stage.sideInputs) this.stores.delete(id);
    this.advance();
  }
}
