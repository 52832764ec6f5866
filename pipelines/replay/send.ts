/** Sends messages to a target at their pace, until there are no more or the user stops it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Departure } from '../../producers/replay/departures';
import { type Pace, Pacer } from '../../producers/replay/pace';
import type { MessageTarget } from './message_targets';
import type { RecordMessage } from './record_messages';

/** What was sent. */
export interface Sent {
  /** Messages, duplicates among them. */
  messages: number;
  /** Bytes of their data. */
  bytes: number;
  /** Messages that left late, of those that left for the first time. */
  late: number;
  /** Messages that left for the second time. */
  duplicates: number;
  /** Messages that a run will reject, by reason. */
  rejected: Record<string, number>;
  /** The earliest and the latest event time among them, milliseconds; NaN where none has any. */
  earliest: number;
  latest: number;
}

export interface SendOptions {
  readonly target: MessageTarget;
  /** null: as fast as the target takes them. */
  readonly pace: Pace | null;
  readonly signal: AbortSignal;
  /** Called now and then: what was sent so far, the event time that has been reached, and by how much sending is behind its pace, milliseconds. */
  readonly onProgress?: (sent: Sent, at: number, behindMs: number) => void;
}

/** Timers are no finer; who is due sooner leaves at once. */
const TIMER_MS = 2;
/** After so much work without a pause the event loop has a turn: for the network, and for a signal. */
const TURN_MS = 20;

export function nothingSent(): Sent {
  return {
    ...{ messages: 0, bytes: 0, late: 0, duplicates: 0, rejected: {} },
    ...{ earliest: Number.NaN, latest: Number.NaN },
  };
}

/** Sends all departures, in their order, and counts them in `sent`. Returns when all were handed over, or soon after the signal; the target is not finished then. */
export async function send(
  departures: AsyncIterable<Departure<RecordMessage>>,
  sent: Sent,
  { target, pace, signal, onProgress }: SendOptions,
): Promise<void> {
  const pacer = pace === null ? null : new Pacer(pace);
  let turn = Date.now();
  for await (const departure of departures) {
    let now = Date.now();
    const due = pacer?.due(departure.at, now) ?? now;
    while (due - now > TIMER_MS && !signal.aborted) {
      onProgress?.(sent, departure.at, 0);
      await delay(Math.min(due - now, 1000), undefined, { signal }).catch(() => {});
      now = Date.now();
      turn = now;
    }
    if (now - turn > TURN_MS) {
      await new Promise(setImmediate);
      turn = Date.now();
    }
    if (signal.aborted) return;
    const room = target.write(departure.message.message);
    count(sent, departure);
    if (room !== undefined) {
      await waitFor(room, () => onProgress?.(sent, departure.at, Date.now() - due));
      turn = Date.now();
    }
    onProgress?.(sent, departure.at, Math.max(0, now - due));
  }
}

/** Waits for a promise, and shows now and then that one is still there. */
export async function waitFor(work: Promise<void>, show: () => void): Promise<void> {
  const timer = setInterval(show, 1000);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

function count(sent: Sent, { message, late, duplicate }: Departure<RecordMessage>): void {
  const { time, reason } = message;
  sent.messages++;
  sent.bytes += message.message.data.length;
  if (duplicate) sent.duplicates++;
  else if (late) sent.late++;
  if (reason !== null) sent.rejected[reason] = (sent.rejected[reason] ?? 0) + 1;
  // The first comparison is false for NaN on either side: the first time is both.
  if (!(time >= sent.earliest) && !Number.isNaN(time)) sent.earliest = time;
  if (!(time <= sent.latest) && !Number.isNaN(time)) sent.latest = time;
}
