/** The runner for one machine: executes a pipeline's proto, on worker threads or in the calling one. */
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Window } from 'apache-beam/values';
import { DROPPED_ELEMENTS_URN } from '../../beam/dropped_elements_urn';
import { Coders } from '../harness/coders';
import type { Distribution } from '../harness/metrics';
import { RunMetrics } from '../run_metrics';
import { UnsupportedStepError } from '../step_error';
import type { Checkpoints } from './event_time/checkpoints';
import { EventTimeExecution, type Rest } from './event_time/event_time_execution';
import type { GraphRoot } from './event_time/root';
import { SourceRoot } from './event_time/source_root';
import { TEST_STREAM_URN, TestStreamPlayer } from './event_time/test_stream_player';
import { Execution } from './execution';
import { fuse } from './fusion';
import { refuseUnsupported } from './refusals';
import type { UnboundedSource } from './source';
import { DirectExecutor, type StageExecutor } from './stage_executor';
import type { SharedProtos, StepGraph } from './stages';
import { stepsOf } from './steps';
import { startWorkers, type WorkerThread } from './worker_thread';

export { StepError, UnsupportedStepError } from '../step_error';
export type { Checkpoints, Flush } from './event_time/checkpoints';
export type { Rest } from './event_time/event_time_execution';
export type { PulledElements, SourceElement, UnboundedSource } from './source';
export { startWorkers } from './worker_thread';

export interface LocalRunnerOptions {
  /**
   * Worker threads; 0 runs everything in the calling thread (tests, tiny inputs). Threads that {@link startWorkers} has started already are used, and stopped when the run ends.
   */
  workers: number | readonly WorkerThread[];
  /** Absolute paths of modules that every worker requires before anything else: they register what the graph holds. */
  registration: string[];
  /** Combine per key before the shuffle, too, where windows don't merge (default true). Off where that saves nothing. */
  liftCombines?: boolean;
  /** Called after each bundle. */
  onProgress?: (progress: RunProgress) => void;
  /** Makes the source of an unbounded root, by the root's URN. */
  sources?: Readonly<Record<string, (root: runnerApi.PTransform) => UnboundedSource>>;
  /** Where the state of an unbounded run is kept, if it is: with it a run goes on where the last commit was. */
  checkpoints?: Checkpoints;
  /**
   * Runs triggers that may finish while data still comes, and lose it: false by default, as in Java. For tests of the model.
   */
  unsafeTriggers?: boolean;
  /** Told of every element that a grouping did not take in, in each of its windows. */
  onDropped?: (dropped: Dropped) => void;
  /** Told whenever a graph whose input has no end has come to rest, with what has been counted so far. */
  onRest?: (rest: Rest, result: RunResult) => void;
  /** Bytes of state from which on nothing is pulled from input without an end, until windows expire (default: no bound). */
  mostStateBytes?: number;
  /** Aborted: of input without an end nothing more is pulled; what has been is worked off and made durable, and the run ends well. Windows stay open: a run with the same state goes on. */
  drain?: AbortSignal;
  /** Told when an event of a TestStream, counted from 0, has been played to its end: all that it led to is done. */
  onEvent?: (event: number) => void;
  /** Aborted: no more bundles are begun, workers stop between two elements, the run rejects with an AbortError. */
  signal?: AbortSignal;
}

/** An element in a window that a grouping did not take in. */
export interface Dropped {
  /** The grouping's unique name. */
  readonly step: string;
  readonly reason: 'late' | 'closed';
  readonly window: Window;
  /** Encoded, one character a byte. */
  readonly key: string;
  /** The element's value, encoded. */
  readonly value: Uint8Array;
}

export interface RunProgress {
  /** The top-level steps of the graph that the stage runs. */
  readonly stage: string;
  readonly bundlesDone: number;
  readonly bundlesTotal: number;
  /** Stages that have not processed all of their bundles. */
  readonly stagesLeft: number;
  /** Of all committed bundles so far, by counter name. */
  readonly counters: ReadonlyMap<string, number>;
  /** Since the start of the run. */
  readonly seconds: number;
}

export interface RunResult {
  /** By counter name, summed over steps. */
  readonly counters: ReadonlyMap<string, number>;
  /** By the step's unique name, then by counter name. */
  readonly stepCounters: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** By distribution name, over all steps. */
  readonly distributions: ReadonlyMap<string, Distribution>;
  /** By the step's unique name, then by distribution name. */
  readonly stepDistributions: ReadonlyMap<string, ReadonlyMap<string, Distribution>>;
}

/**
 * Runs a bounded pipeline to its end.
 *
 * Each key and window speaks once, when its input is complete: in one pane, ON_TIME, first and last. When the promise settles,
 * however it does, all bundles have ended and DoFns have been torn down (workers that don't come to an end within three seconds
 * of an abort or a failure are ended without).
 *
 * @throws UnsupportedStepError before anything runs, where the pipeline holds something this runner can't do as the model says
 * @throws StepError where a step's code or coder fails: the first failure ends the run
 * @throws Error named AbortError where the signal was aborted
 */
export async function runLocally(
  pipeline: runnerApi.Pipeline,
  options: LocalRunnerOptions,
): Promise<RunResult> {
  const { workers, registration, liftCombines = true, onProgress, signal } = options;
  if (signal?.aborted) throw abortError(signal);
  const started = performance.now();
  const executors: StageExecutor[] = [];
  try {
    // Threads load while the pipeline is looked at.
    const threads = typeof workers === 'number' ? startWorkers(workers, registration) : workers;
    executors.push(...threads);

    const roots = new Set([TEST_STREAM_URN, DROPPED_ELEMENTS_URN, ...Object.keys(options.sources ?? {})]);
    const hasRoot = Object.values(pipeline.components?.transforms ?? {}).some(({ spec }) =>
      roots.has(spec?.urn ?? ''),
    );
    const graph = stepsOf(pipeline, {
      combines: hasRoot ? 'whole' : liftCombines ? 'lifted' : 'grouped',
      roots,
    });
    refuseUnsupported(graph, options);
    const { pcollections, coders, windowingStrategies } = graph.components;
    const protos = { pcollections, coders, windowingStrategies };
    for (const thread of threads) thread.begin(protos);
    // Input without an end is combined here, whatever the workers do.
    if (threads.length === 0 || hasRoot) for (const module of registration) require(module);
    if (threads.length === 0) executors.push(new DirectExecutor(protos));

    const metrics = new RunMetrics();
    const seconds = () => (performance.now() - started) / 1000;
    const execution = !hasRoot
      ? new Execution(fuse(graph), protos, executors, metrics, (done) =>
          onProgress?.({ ...done, counters: metrics.counters, seconds: seconds() }),
        )
      : new EventTimeExecution(
          fuse(graph, { cutAtSideInputs: true }),
          openRoot(graph, protos, executors.length, options),
          protos,
          executors,
          metrics,
          {
            observer: {
              dropped: (dropped) => options.onDropped?.(dropped),
              rested: (rest) => options.onRest?.(rest, metrics),
            },
            checkpoints: options.checkpoints ?? null,
            droppedFrom: droppedFrom(graph),
            drain: options.drain ?? null,
            mostStateBytes: options.mostStateBytes ?? Number.POSITIVE_INFINITY,
          },
        );
    const abort = () => execution.fail(abortError(signal!));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await execution.run();
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    return metrics;
  } finally {
    await Promise.all(executors.map((executor) => executor.stop()));
  }
}

/** The collections that stand for what groupings drop, with the step that these are below. */
function droppedFrom({ steps }: StepGraph): Map<string, string> {
  const dropped = steps.filter(({ transform }) => transform.spec?.urn === DROPPED_ELEMENTS_URN);
  return new Map(
    dropped.map(({ outputs, transform }) => [
      outputs[0],
      Buffer.from(transform.spec!.payload).toString('utf8'),
    ]),
  );
}

/** The root of the graph that is no impulse. */
function openRoot(
  { steps }: StepGraph,
  protos: SharedProtos,
  bundles: number,
  { sources = {}, onEvent }: LocalRunnerOptions,
): GraphRoot {
  const roots = steps.filter(
    ({ kind, transform }) => kind === 'root' && transform.spec?.urn !== DROPPED_ELEMENTS_URN,
  );
  const coders = new Coders(protos.coders);
  const [root, second] = roots;
  if (second !== undefined)
    throw new UnsupportedStepError(
      second.transform.uniqueName,
      'a graph can have one root that is no impulse',
    );
  const urn = root.transform.spec!.urn;
  if (urn === TEST_STREAM_URN) return new TestStreamPlayer(root, protos, coders, (event) => onEvent?.(event));
  return new SourceRoot(sources[urn](root.transform), root.outputs[0], Math.max(1, bundles), protos, coders);
}

function abortError(signal: AbortSignal): Error {
  const error = new Error('The run was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}
