/** The messages of event files, in the order in which they leave. */
import { type Departure, Departures, type Disturbance } from '../../producers/replay/departures';
import { DAY_MS } from '../../schema/events';
import { OrderedLines } from './ordered_lines';
import { type OrderingKey, type RecordMessage, RecordMessages } from './record_messages';
import { surveyInput } from './survey';

export interface ReplayInput {
  /** Files, directories, globs. */
  readonly inputs: readonly string[];
  readonly disturbance: Disturbance;
  readonly orderingKey: OrderingKey;
  /** Begin again at the end, each time with all event times moved on by the days that the input spans. */
  readonly loop: boolean;
  readonly signal: AbortSignal;
  /** Told while the input is looked through: lines so far. */
  readonly onSurvey?: (lines: number) => void;
  /** Told at the beginning of each round, from 1. */
  readonly onRound?: (round: number) => void;
}

/** @throws {InputError} for input that isn't there or can't be read. */
export async function* replayDepartures(input: ReplayInput): AsyncGenerator<Departure<RecordMessage>> {
  const { inputs, disturbance, orderingKey, loop, signal, onSurvey, onRound } = input;
  const { files, earliest, latest, lines: count } = await surveyInput(inputs, signal, onSurvey);
  const roundMs = Number.isNaN(earliest) ? DAY_MS : (dayOf(latest) - dayOf(earliest) + 1) * DAY_MS;
  const lines = await OrderedLines.prepare(files, signal);
  const messages = new RecordMessages(orderingKey);
  const departures = new Departures<RecordMessage>(disturbance);
  try {
    for (let round = 0; round === 0 || (loop && count > 0); round++) {
      onRound?.(round + 1);
      for await (const { place, file, bytes } of lines.read()) {
        const at = place + round * roundMs;
        // Made now: what the line stands in is soon another's.
        const message = messages.read(bytes, files[file].range.columns, round * roundMs);
        yield* departures.take(at);
        departures.add(at, message);
      }
    }
    yield* departures.take();
  } finally {
    lines.close();
  }
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
