/**
 * When an hour or a day speaks. The same settings serve history and live traffic: bounded input sees one pane, since its watermark passes everything at once.
 */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { isBounded } from '../beam/bounded';
import { type PCollection, windowInto, withName } from '../beam/sdk';
import { named, type Transform } from '../beam/step';
import type { WindowFn } from '../beam/windows';
import { GlobalWindows } from '../beam/windows';
import { MERGE_GRACE_MS } from './merge_grace';

/** Lateness and early firings of the hourly windows; all in milliseconds. */
export interface WindowingOptions {
  /** Events later than their hour's end by more than this are dropped and counted. */
  readonly allowedLatenessMs: number;
  /** Processing time between the first event that an hour's last firing didn't hold and its next early firing. */
  readonly earlyFiringMs: number;
}

type Trigger = runnerApi.Trigger;

function elementCount(count: number): Trigger {
  return { trigger: { oneofKind: 'elementCount', elementCount: { elementCount: count } } };
}

function afterDelay(delayMs: number): Trigger {
  return {
    trigger: {
      oneofKind: 'afterProcessingTime',
      afterProcessingTime: {
        timestampTransforms: [
          { timestampTransform: { oneofKind: 'delay', delay: { delayMillis: BigInt(delayMs) } } },
        ],
      },
    },
  };
}

/**
 * Accumulating windows with one on-time pane, early panes by `early` (null: none), and a late pane for whatever comes within `latenessMs`. Each pane holds the window so far and replaces the
 * one before. The on-time pane comes even when nothing is new since the last early one: only then is a row no longer early.
 */
function strategy(early: Trigger | null, latenessMs: number): runnerApi.WindowingStrategy {
  return runnerApi.WindowingStrategy.create({
    trigger: {
      trigger: {
        oneofKind: 'afterEndOfWindow',
        afterEndOfWindow: { ...(early && { earlyFirings: early }), lateFirings: elementCount(1) },
      },
    },
    accumulationMode: runnerApi.AccumulationMode_Enum.ACCUMULATING,
    outputTime: runnerApi.OutputTime_Enum.END_OF_WINDOW,
    closingBehavior: runnerApi.ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior: runnerApi.OnTimeBehavior_Enum.FIRE_ALWAYS,
    allowedLateness: BigInt(latenessMs),
    environmentId: 'jsEnvironment',
  });
}

/** Windows of the accumulators: early panes after a delay of processing time. */
export function accumulatorWindows<T>(windowFn: WindowFn, options: WindowingOptions): Transform<T, T> {
  return into(windowFn, strategy(afterDelay(options.earlyFiringMs), options.allowedLatenessMs));
}

/**
 * Windows of a merge, `level` steps behind the accumulators (1 for hours, 2 for days): it fires as soon as one of its sources has, since the accumulators already paid the delay.
 */
export function mergeWindows<T>(
  windowFn: WindowFn,
  options: WindowingOptions,
  level: number,
): Transform<T, T> {
  return into(windowFn, strategy(elementCount(1), options.allowedLatenessMs + level * MERGE_GRACE_MS));
}

/** Windows of a merge, `level` steps behind the accumulators, of which nobody looks at an unfinished one: it first fires when its end has come. */
export function digestWindows<T>(
  windowFn: WindowFn,
  options: WindowingOptions,
  level: number,
): Transform<T, T> {
  return into(windowFn, strategy(null, options.allowedLatenessMs + level * MERGE_GRACE_MS));
}

/**
 * The global window. Bounded input speaks once, at its end. Input without an end speaks whenever something is new: the whole so far where `accumulating`, else what is new alone.
 */
export function globalWindow<T>({ accumulating }: { accumulating: boolean }): Transform<T, T> {
  return named('All of time', (input: PCollection<T>) => {
    const base = isBounded(input) ? undefined : everyChange(accumulating);
    return input.apply(windowInto<T, never>(new GlobalWindows() as never, base) as never);
  });
}

/** A pane for every change of the global window. */
function everyChange(accumulating: boolean): runnerApi.WindowingStrategy {
  const { ACCUMULATING, DISCARDING } = runnerApi.AccumulationMode_Enum;
  return runnerApi.WindowingStrategy.create({
    trigger: { trigger: { oneofKind: 'repeat', repeat: { subtrigger: elementCount(1) } } },
    accumulationMode: accumulating ? ACCUMULATING : DISCARDING,
    outputTime: runnerApi.OutputTime_Enum.END_OF_WINDOW,
    closingBehavior: runnerApi.ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
    onTimeBehavior: runnerApi.OnTimeBehavior_Enum.FIRE_IF_NONEMPTY,
    allowedLateness: 0n,
    environmentId: 'jsEnvironment',
  });
}

function into<T>(windowFn: WindowFn, base: runnerApi.WindowingStrategy): Transform<T, T> {
  return withName(windowFn.beamName, windowInto<T, never>(windowFn as never, base)) as never;
}
