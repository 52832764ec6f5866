/** The events of a case as one TestStream, with an output for each source: its clock is one for all, and so is the order of events. */
import type { Coder } from 'apache-beam/coders/coders';
import { StrUtf8Coder, VarIntCoder } from 'apache-beam/coders/standard_coders';
import Long from 'long';
import { KVCoder, type PCollection, type Root } from '../../beam/sdk';
import { MAX_TIMESTAMP, MIN_TIMESTAMP, TestStreamBuilder } from '../../beam/test_stream';
import type { Case, CaseElement, Time } from './case_format';

type Keyed = { key: string; value: number };

/** Keys are text, values small whole numbers. */
export const KEYED = new KVCoder(new StrUtf8Coder(), new VarIntCoder()) as Coder<Keyed>;

const EXTREMES = {
  MIN: MIN_TIMESTAMP,
  MAX: MAX_TIMESTAMP,
  GLOBAL_END: Long.fromString('9223371950454775'),
} as const;

/** The sources of a case, main first, whether they have events or not. */
export function sourceNames({ kind, events }: Case): ('main' | 'side')[] {
  const both = kind === 'sideInput' || events.some(({ source }) => source === 'side');
  return both ? ['main', 'side'] : ['main'];
}

/** Event n of the case is event n of the stream; sources that the case leaves open are ended behind its last. */
export function sourcesOf(c: Case, root: Root): Record<string, PCollection<unknown>> {
  const names = sourceNames(c);
  const tagOf = (source: 'main' | 'side' = 'main') => (names.length === 1 ? undefined : source);
  let stream = new TestStreamBuilder<Keyed, unknown>(KEYED, names.length === 1 ? [] : names);
  const open = new Set(names);
  for (const event of c.events) {
    const { source = 'main' } = event;
    const tag = tagOf(source);
    if ('processingTime' in event) {
      stream = stream.advanceProcessingTimeBy(event.processingTime);
    } else if ('element' in event) {
      stream = stream.elements([timed(event.element)], tag);
    } else if ('elements' in event) {
      stream = stream.elements(event.elements.map(timed), tag);
    } else if (event.watermark === 'end') {
      stream = stream.advanceWatermarkToInfinity(tag);
      open.delete(source);
    } else {
      stream = stream.advanceWatermarkTo(instant(event.watermark), tag);
    }
  }
  for (const source of open) stream = stream.advanceWatermarkToInfinity(tagOf(source));
  const outputs = root.apply(stream.build('source') as never);
  return (names.length === 1 ? { main: outputs } : outputs) as Record<string, PCollection<unknown>>;
}

function timed({ key, value, ts }: CaseElement) {
  return { value: { key, value }, at: instant(ts) };
}

function instant(time: Time): number | Long {
  return typeof time === 'number' ? time : EXTREMES[time];
}
