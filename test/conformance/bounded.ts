/** Cases without TestStream: all elements at once from a bounded source, for runners that know no other, and for the one pane that each window then has. */
import '../../beam/sdk';
import { GeneralObjectCoder } from 'apache-beam/coders/js_coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { assignTimestamps, impulse, type PCollection, Pipeline, Root, withName } from '../../beam/sdk';
import type { Case, CaseElement, CaseTrigger, CaseWindowing, Pane } from './case_format';
import { apply, make, stages } from './graph';
import { KEYED } from './stream';

const { timestampOf } = require('./registered');

export interface BoundedRunner {
  readonly mergesWindows: boolean;
  readonly combinesTimestamps: boolean;
}

/** The elements of a case, whatever its events say of watermark and clock. */
export function elementsOf({ events }: Case): CaseElement[] {
  return events.flatMap((event) =>
    'element' in event ? [event.element] : 'elements' in event ? event.elements : [],
  );
}

/** The pipeline of a case that {@link skipReason} has nothing against. */
export function boundedPipelineOf(c: Case, file: string): runnerApi.Pipeline {
  const pipeline = new Pipeline();
  const start = new Root(pipeline).apply(withName('impulse', impulse())) as PCollection<unknown>;
  const emitted = apply(start, 'emit', make('EmitTimed', elementsOf(c)), new GeneralObjectCoder() as never);
  const timed = emitted.apply(withName('stamp', assignTimestamps(timestampOf)));
  stages(apply(timed, 'drop stamps', make('Untimed'), KEYED as never), [c.windowing!], file);
  return pipeline.getProto();
}

/** Why a case can't be run on bounded input, or undefined where it can: then each window has one pane with all its elements. */
export function skipReason(c: Case, runner: BoundedRunner): string | undefined {
  if (c.expectedError !== undefined) return 'it is about a refusal';
  if (c.kind !== undefined) return `it is about more than one grouping (${c.kind})`;
  if (c.quirks !== undefined || c.unstable !== undefined) return "Java's answer is not the model's";
  const { fn, trigger, timestampCombiner } = c.windowing as CaseWindowing;
  if (fn?.type === 'calendarDays' || fn?.type === 'calendarMonths')
    return 'its windows are of no standard kind';
  if (fn?.type === 'sessions' && !runner.mergesWindows) return 'the runner merges no windows';
  if ((timestampCombiner ?? 'END_OF_WINDOW') !== 'END_OF_WINDOW' && !runner.combinesTimestamps)
    return 'the runner knows one timestamp combiner only';
  if (!firesOnceAtTheEnd(trigger)) return 'its trigger fires before or after the end of the window';
  if (c.droppedDueToLateness !== 0 || c.droppedDueToClosedWindow !== 0) return 'data comes too late';
  const panes = c.expected as Pane[];
  if (panes.some(({ isFirst, values }) => !isFirst || values.length === 0)) return 'late data fires again';
  if (panes.some(({ timing }) => timing === 'LATE')) return 'data comes late';
  const timeMatters = fn?.type === 'sessions' || (timestampCombiner ?? 'END_OF_WINDOW') !== 'END_OF_WINDOW';
  if (timeMatters && comesBehindWatermark(c)) return 'what comes behind the watermark makes another pane';
  return undefined;
}

function firesOnceAtTheEnd(trigger: CaseTrigger | undefined): boolean {
  if (trigger === undefined || trigger.type === 'default' || trigger.type === 'never') return true;
  return trigger.type === 'afterEndOfWindow' && trigger.early === undefined && trigger.late === undefined;
}

function comesBehindWatermark({ events }: Case): boolean {
  let watermark = -Infinity;
  for (const event of events) {
    if ('watermark' in event && typeof event.watermark === 'number') watermark = event.watermark;
    const elements = 'element' in event ? [event.element] : 'elements' in event ? event.elements : [];
    if (elements.some(({ ts }) => typeof ts === 'number' && ts < watermark)) return true;
  }
  return false;
}
