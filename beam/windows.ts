/**
 * The window functions of the project, with the standard URNs and payloads, so that every runner knows them.
 *
 * The SDK's own are closures that only run where its whole graph library is loaded, round toward zero (an event of 1969 lands
 * in a window that does not hold it) and cannot be rebuilt from the proto. These are classes with plain number fields.
 */

import type { Coder } from 'apache-beam/coders/coders';
import { GlobalWindowCoder, IntervalWindowCoder } from 'apache-beam/coders/standard_coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import {
  FixedWindowsPayload,
  SessionWindowsPayload,
  SlidingWindowsPayload,
} from 'apache-beam/proto/standard_window_fns';
import { requireForSerialization } from 'apache-beam/serialization';
import { GlobalWindow, type Instant, IntervalWindow, type Window } from 'apache-beam/values';
import Long from 'long';

/** What the SDK asks of a window function when it builds the graph, and the harness when it runs one. */
export interface WindowFn<W extends Window = Window> {
  /** The name of the step in the graph where no other is given. */
  readonly beamName: string;
  assignWindows(timestamp: Instant): W[];
  windowCoder(): Coder<W>;
  toProto(): runnerApi.FunctionSpec;
  isMerging(): boolean;
  assignsToOneWindow(): boolean;
}

export const WINDOW_FN_URNS = {
  global: 'beam:window_fn:global_windows:v1',
  fixed: 'beam:window_fn:fixed_windows:v1',
  sliding: 'beam:window_fn:sliding_windows:v1',
  sessions: 'beam:window_fn:session_windows:v1',
} as const;

/** The one window that holds all of time. */
export class GlobalWindows implements WindowFn<GlobalWindow> {
  readonly beamName = 'GlobalWindows';

  assignWindows(): GlobalWindow[] {
    return [new GlobalWindow()];
  }
  windowCoder(): Coder<GlobalWindow> {
    return GlobalWindowCoder.INSTANCE as Coder<GlobalWindow>;
  }
  toProto(): runnerApi.FunctionSpec {
    return { urn: WINDOW_FN_URNS.global, payload: new Uint8Array() };
  }
  isMerging(): boolean {
    return false;
  }
  assignsToOneWindow(): boolean {
    return true;
  }
}

/** Windows of `sizeMs` that touch and do not overlap; one of them starts at `offsetMs` after 1970, 0 ≤ offset < size. */
export class FixedWindows implements WindowFn<IntervalWindow> {
  readonly beamName: string;
  /** Elements that follow one another share a window's object. The serialiser leaves out what begins with two underscores. */
  declare private __last?: { readonly window: IntervalWindow; readonly start: number; readonly end: number };

  constructor(
    readonly sizeMs: number,
    readonly offsetMs: number = 0,
  ) {
    requireDuration('size', sizeMs);
    requireOffset(offsetMs, sizeMs, 'size');
    this.beamName = `FixedWindows(${sizeMs} ms)`;
  }

  assignWindows(timestamp: Instant): IntervalWindow[] {
    const last = this.__last;
    const ms = timestamp.toNumber();
    if (last !== undefined && ms >= last.start && ms < last.end) return [last.window];
    const start = lastStart(timestamp, this.sizeMs, this.offsetMs);
    const window = new IntervalWindow(start, start.add(this.sizeMs));
    // A timestamp that a double does not hold exactly is never within it.
    const [from, to] = [start.toNumber(), window.end.toNumber()];
    if (Number.isSafeInteger(from) && Number.isSafeInteger(to))
      this.__last = { window, start: from, end: to };
    return [window];
  }
  windowCoder(): Coder<IntervalWindow> {
    return IntervalWindowCoder.INSTANCE;
  }
  toProto(): runnerApi.FunctionSpec {
    const payload = FixedWindowsPayload.toBinary({
      size: duration(this.sizeMs),
      offset: duration(this.offsetMs),
    });
    return { urn: WINDOW_FN_URNS.fixed, payload };
  }
  isMerging(): boolean {
    return false;
  }
  assignsToOneWindow(): boolean {
    return true;
  }
}

/** Windows of `sizeMs` that start every `periodMs`; an element is in size ÷ period of them, the one that starts last first. */
export class SlidingWindows implements WindowFn<IntervalWindow> {
  readonly beamName: string;

  constructor(
    readonly sizeMs: number,
    readonly periodMs: number,
    readonly offsetMs: number = 0,
  ) {
    requireDuration('size', sizeMs);
    requireDuration('period', periodMs);
    requireOffset(offsetMs, periodMs, 'period');
    if (periodMs > sizeMs) {
      throw new RangeError(
        `Sliding windows of ${sizeMs} ms every ${periodMs} ms leave gaps that would lose elements`,
      );
    }
    this.beamName = `SlidingWindows(${sizeMs} ms every ${periodMs} ms)`;
  }

  assignWindows(timestamp: Instant): IntervalWindow[] {
    const windows: IntervalWindow[] = [];
    const startsAfter = timestamp.sub(this.sizeMs);
    let start = lastStart(timestamp, this.periodMs, this.offsetMs);
    while (start.compare(startsAfter) > 0) {
      windows.push(new IntervalWindow(start, start.add(this.sizeMs)));
      start = start.sub(this.periodMs);
    }
    return windows;
  }
  windowCoder(): Coder<IntervalWindow> {
    return IntervalWindowCoder.INSTANCE;
  }
  toProto(): runnerApi.FunctionSpec {
    const payload = SlidingWindowsPayload.toBinary({
      size: duration(this.sizeMs),
      period: duration(this.periodMs),
      offset: duration(this.offsetMs),
    });
    return { urn: WINDOW_FN_URNS.sliding, payload };
  }
  isMerging(): boolean {
    return false;
  }
  assignsToOneWindow(): boolean {
    return false;
  }
}

/** Windows that begin with an element and end `gapMs` after the last; per key, overlapping ones merge at the grouping. */
export class Sessions implements WindowFn<IntervalWindow> {
  readonly beamName: string;

  constructor(readonly gapMs: number) {
    requireDuration('gap', gapMs);
    this.beamName = `Sessions(${gapMs} ms)`;
  }

  assignWindows(timestamp: Instant): IntervalWindow[] {
    return [new IntervalWindow(timestamp, timestamp.add(this.gapMs))];
  }
  windowCoder(): Coder<IntervalWindow> {
    return IntervalWindowCoder.INSTANCE;
  }
  toProto(): runnerApi.FunctionSpec {
    const payload = SessionWindowsPayload.toBinary({ gapSize: duration(this.gapMs) });
    return { urn: WINDOW_FN_URNS.sessions, payload };
  }
  isMerging(): boolean {
    return true;
  }
  assignsToOneWindow(): boolean {
    return true;
  }
}

requireForSerialization('funnelpulse/beam', { GlobalWindows, FixedWindows, SlidingWindows, Sessions });

/**
 * The window function that a windowing strategy's proto describes, or undefined where the URN is none of the standard four
 * (calendar windows, window functions of other languages).
 */
export function windowFnFromProto(spec: runnerApi.FunctionSpec | undefined): WindowFn | undefined {
  switch (spec?.urn) {
    case WINDOW_FN_URNS.global:
      return new GlobalWindows();
    case WINDOW_FN_URNS.fixed: {
      const { size, offset } = FixedWindowsPayload.fromBinary(spec.payload);
      return new FixedWindows(milliseconds(size), milliseconds(offset));
    }
    case WINDOW_FN_URNS.sliding: {
      const { size, period, offset } = SlidingWindowsPayload.fromBinary(spec.payload);
      return new SlidingWindows(milliseconds(size), milliseconds(period), milliseconds(offset));
    }
    case WINDOW_FN_URNS.sessions:
      return new Sessions(milliseconds(SessionWindowsPayload.fromBinary(spec.payload).gapSize));
    default:
      return undefined;
  }
}

/** The last of the starts `offset + n × period` that is not after the timestamp: floored, also before 1970. */
function lastStart(timestamp: Instant, period: number, offset: number): Long {
  const ms = timestamp.toNumber();
  if (Math.abs(ms) + 2 * period < Number.MAX_SAFE_INTEGER)
    return Long.fromNumber(Math.floor((ms - offset) / period) * period + offset);
  // Beam's first and last timestamps are beyond what a double holds exactly.
  const rest = timestamp.sub(offset).mod(period);
  return timestamp.sub(rest.isNegative() ? rest.add(period) : rest);
}

function requireDuration(name: string, ms: number): void {
  if (!Number.isSafeInteger(ms) || ms <= 0) {
    throw new RangeError(`A window's ${name} must be a positive whole number of milliseconds, not ${ms}`);
  }
}

function requireOffset(ms: number, below: number, name: string): void {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms >= below) {
    throw new RangeError(
      `A window's offset must be at least 0 and below its ${name} (${below} ms), not ${ms}`,
    );
  }
}

function duration(ms: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}

function milliseconds(value: { seconds: bigint; nanos: number } | undefined): number {
  return value === undefined ? 0 : Number(value.seconds) * 1000 + Math.round(value.nanos / 1_000_000);
}
