/** A conformance case as it stands in its file (see README.md), and where cases are read from. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';

/** Milliseconds since 1970, or the name of one of Beam's extremes, which no double holds. */
export type Time = number | 'MIN' | 'MAX' | 'GLOBAL_END';
export type CaseWindow = 'global' | [start: Time, end: Time];

export type CaseWindowFn =
  | { type: 'fixed'; sizeMs: number; offsetMs?: number }
  | { type: 'sliding'; sizeMs: number; periodMs: number; offsetMs?: number }
  | { type: 'sessions'; gapMs: number }
  | { type: 'global' }
  | { type: 'calendarDays'; days: number; timeZone: string }
  | { type: 'calendarMonths'; months: number; timeZone: string };

export type CaseTrigger =
  | { type: 'default' | 'never' | 'always' | 'afterSynchronizedProcessingTime' }
  | { type: 'elementCount'; n: number }
  | { type: 'afterProcessingTime'; delayMs?: number; alignTo?: { periodMs: number; offsetMs?: number } }
  | { type: 'afterEndOfWindow'; early?: CaseTrigger; late?: CaseTrigger }
  | { type: 'repeat'; of: CaseTrigger }
  | { type: 'afterAny' | 'afterAll' | 'afterEach'; of: CaseTrigger[] }
  | { type: 'orFinally'; main: CaseTrigger; until: CaseTrigger };

/** What a Window step says; what is absent it takes over from its input. */
export interface CaseWindowing {
  fn?: CaseWindowFn;
  trigger?: CaseTrigger;
  accumulation?: 'accumulating' | 'discarding';
  allowedLatenessMs?: number;
  timestampCombiner?: 'EARLIEST' | 'LATEST' | 'END_OF_WINDOW';
  closingBehavior?: 'FIRE_ALWAYS' | 'FIRE_IF_NON_EMPTY';
  onTimeBehavior?: 'FIRE_ALWAYS' | 'FIRE_IF_NON_EMPTY';
}

export interface CaseElement {
  key: string;
  value: number;
  ts: Time;
}

export type CaseEvent = { source?: 'main' | 'side' } & (
  | { element: CaseElement }
  | { elements: CaseElement[] }
  | { watermark: Time | 'end' }
  | { processingTime: number }
);

/** One pane of a grouping. */
export interface Pane {
  key: string;
  window: CaseWindow;
  values: number[];
  timestamp: Time;
  timing: 'EARLY' | 'ON_TIME' | 'LATE' | 'UNKNOWN';
  index: number;
  onTimeIndex: number;
  isFirst: boolean;
  isLast: boolean;
  /** The position of the event that made it come out; not compared with the same rigour (see compare.ts). */
  afterEvent?: number | undefined;
}

/** An element of the main input and what it saw of the side input. */
export interface Sighting {
  key: string;
  value: number;
  window: CaseWindow;
  timestamp: Time;
  side: unknown;
  afterEvent?: number | undefined;
}

/** What came out, or should. */
export interface Answer {
  expected?: (Pane | Sighting)[];
  expectedStages?: Pane[][];
  expectedError?: { phase: 'construction' | 'run'; class: string; message: string };
  droppedDueToLateness?: number;
  droppedDueToClosedWindow?: number;
}

export type Quirk =
  | 'negative-timestamp-window'
  | 'composite-early-late-not-reset'
  | 'empty-on-time-by-another-timer';

export interface SideInputSpec {
  view: 'asList' | 'asSingleton' | 'asMultimap' | 'asMap' | 'combineSingleton';
  combine?: 'sum' | 'perKeySum';
  defaultValue?: number;
  windowing: CaseWindowing;
}

export interface Case extends Answer {
  name: string;
  what: string;
  kind?: 'pipeline' | 'flatten' | 'sideInput';
  quirks?: Quirk[];
  unstable?: string;
  bypassTriggerGuard?: boolean;
  windowing?: CaseWindowing;
  stages?: CaseWindowing[];
  main?: { windowing: CaseWindowing };
  side?: SideInputSpec;
  sideFlattensMain?: boolean;
  events: CaseEvent[];
  /** Java's answer where it is made to follow the model: a case with quirks is held against this one. */
  model?: Answer;
}

/** The cases of a folder (of .json and .ndjson files, and of folders), or of one file. */
export function readCases(from: string): Case[] {
  if (statSync(from).isDirectory()) {
    return readdirSync(from)
      .filter((name) => /\.(json|ndjson)$/.test(name) || statSync(path.join(from, name)).isDirectory())
      .sort()
      .flatMap((name) => readCases(path.join(from, name)));
  }
  const text = readFileSync(from, 'utf8');
  const texts = from.endsWith('.ndjson') ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  return texts.map((one) => JSON.parse(one) as Case);
}

/** The windowings of a case, in the order of its steps. */
export function windowingsOf(c: Case): CaseWindowing[] {
  const all = [c.windowing, ...(c.stages ?? []), c.main?.windowing, c.side?.windowing];
  return all.filter((windowing) => windowing !== undefined);
}

/** Every trigger of a tree, the topmost first. */
export function triggersIn(trigger: CaseTrigger): CaseTrigger[] {
  const { of, main, until, early, late } = trigger as unknown as Record<
    string,
    CaseTrigger | CaseTrigger[] | undefined
  >;
  const parts = [of, main, until, early, late].flat().filter((part) => part !== undefined);
  return [trigger, ...parts.flatMap(triggersIn)];
}
