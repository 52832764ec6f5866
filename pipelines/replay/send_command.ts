/** What the commands that send messages have in common: opening topic and file, the line on the terminal, stopping, and the account at the end. */
import { InputError } from '../../io/input_error';
import { topicName } from '../../io/pubsub/topic_name';
import type { Departure } from '../../producers/replay/departures';
import type { Pace } from '../../producers/replay/pace';
import { interruptible, StoppedError, type StopSignal, stoppedBy } from '../interrupt';
import { type StatusLine, statusLine } from '../status_line';
import { formatBytes, formatCount, formatSeconds } from '../text';
import { allTargets, type MessageTarget, openNdjson, openTopic } from './message_targets';
import type { RecordMessage } from './record_messages';
import { nothingSent, type Sent, send, waitFor } from './send';

/** The account of a command that sent messages, as `--json` prints it. */
export interface SendSummary {
  readonly messages: number;
  readonly bytes: number;
  readonly late: number;
  readonly duplicates: number;
  /** Messages that a run will reject, by reason. */
  readonly rejected: Record<string, number>;
  /** RFC 3339; null where no message has an event time. */
  readonly first_event_time: string | null;
  readonly last_event_time: string | null;
  readonly seconds: number;
  readonly messages_per_second: number;
  readonly stopped_by: StopSignal | null;
  readonly topic: string | null;
  readonly out: string | null;
}

export interface SendCommand {
  /** As the user gave them. */
  readonly topic?: string | undefined;
  readonly out?: string | undefined;
  /** How fast messages go to a topic; into a file alone they go as fast as it takes them. */
  readonly pace: Pace;
  readonly quiet: boolean;
  readonly json: boolean;
  /** What is sent, in order of departure. May show on the line what it is doing before. */
  departures(signal: AbortSignal, line: StatusLine | null): AsyncIterable<Departure<RecordMessage>>;
  /** More members of the summary, asked for at the end. */
  readonly more?: () => Record<string, unknown>;
  /** And lines of it. */
  readonly moreLines?: () => readonly string[];
}

/** How long a service may be silent before the line says so. */
const SILENCE_MS = 3000;
/** Sending is behind when it is later than this. */
const BEHIND_MS = 1000;

/**
 * Sends, and prints what was sent. A signal stops it: what was handed over is waited for, the account is printed, and the exit code says which signal it was.
 *
 * @throws {StoppedError} after a signal; {@link InputError} where a target can't be opened or takes no more.
 */
export function runSendCommand(command: SendCommand): Promise<void> {
  return interruptible((signal) => runUntil(command, signal));
}

async function runUntil(command: SendCommand, signal: AbortSignal): Promise<void> {
  const topic = command.topic === undefined ? null : topicName('topic', command.topic);
  const out = command.out ?? null;
  const line = command.quiet || command.json ? null : statusLine();
  const sent = nothingSent();
  const opened: MessageTarget[] = [];
  let seconds: number;
  try {
    // First what costs least to be wrong.
    if (out !== null) opened.push(openNdjson(out));
    if (topic !== null) opened.push(await openTopic(topic));
    const target = allTargets(opened);
    const startedAt = Date.now();
    await sendAll(command, sent, target, signal, line, topic === null ? null : command.pace);
    await waitFor(target.finish(), () => line?.show(() => finishText(sent, target)));
    seconds = (Date.now() - startedAt) / 1000;
  } catch (error) {
    throw sent.messages === 0 ? error : withAccount(error, sent);
  } finally {
    line?.end();
    for (const target of opened) await target.close();
  }
  const stopped = stoppedBy(signal);
  const summary = summaryOf(sent, seconds, { stopped_by: stopped, topic, out });
  if (command.json) process.stdout.write(`${JSON.stringify({ ...summary, ...command.more?.() })}\n`);
  else if (!command.quiet)
    process.stdout.write(`${[...summaryLines(summary), ...(command.moreLines?.() ?? [])].join('\n')}\n`);
  if (stopped !== null) throw new StoppedError(stopped);
}

async function sendAll(
  command: SendCommand,
  sent: Sent,
  target: MessageTarget,
  signal: AbortSignal,
  line: StatusLine | null,
  pace: Pace | null,
): Promise<void> {
  const startedAt = Date.now();
  try {
    await send(command.departures(signal, line), sent, {
      ...{ target, pace, signal },
      onProgress: (_, at, behindMs) =>
        line?.show(() => progressText(sent, (Date.now() - startedAt) / 1000, at, behindMs, target)),
    });
  } catch (error) {
    // Stopped before there was anything to send.
    if (!signal.aborted || (error as Error).name !== 'AbortError') throw error;
  }
}

/** A failure in the middle says how far it came. */
function withAccount(error: unknown, sent: Sent): unknown {
  return error instanceof InputError
    ? new InputError(
        `${error.message}. ${formatCount(sent.messages)} messages had been handed over by then, not all of which may have arrived`,
      )
    : error;
}

function progressText(
  { messages }: Sent,
  seconds: number,
  at: number,
  behindMs: number,
  target: MessageTarget,
): string {
  const rate = formatCount(Math.round(messages / Math.max(seconds, 0.001)));
  const { stalledMs } = target;
  const trouble =
    stalledMs > SILENCE_MS
      ? `, no answer from Pub/Sub for ${formatSeconds(stalledMs / 1000)}`
      : behindMs > BEHIND_MS
        ? `, ${formatSeconds(behindMs / 1000)} behind`
        : '';
  return `${formatCount(messages)} messages, ${rate}/s, event time ${isoSecond(at)}${trouble}`;
}

function finishText({ messages }: Sent, { stalledMs }: MessageTarget): string {
  const silence =
    stalledMs > SILENCE_MS
      ? `; no answer for ${formatSeconds(stalledMs / 1000)}, interrupt again to give up`
      : '';
  return `${formatCount(messages)} messages, waiting for the last to be confirmed${silence}`;
}

function summaryOf(
  { earliest, latest, ...sent }: Sent,
  seconds: number,
  rest: Pick<SendSummary, 'stopped_by' | 'topic' | 'out'>,
): SendSummary {
  return {
    ...sent,
    first_event_time: Number.isNaN(earliest) ? null : new Date(earliest).toISOString(),
    last_event_time: Number.isNaN(latest) ? null : new Date(latest).toISOString(),
    seconds,
    messages_per_second: Math.round(sent.messages / Math.max(seconds, 0.001)),
    ...rest,
  };
}

function summaryLines(summary: SendSummary): string[] {
  const { messages, bytes, late, duplicates, rejected, seconds, topic, out, stopped_by } = summary;
  const where = [topic, out].filter((each) => each !== null).join(' and ');
  const reasons = Object.entries(rejected).map(([reason, count]) => `${reason} ${formatCount(count)}`);
  const total = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  const span =
    summary.first_event_time === null ? '' : `, ${summary.first_event_time} to ${summary.last_event_time}`;
  const row = (name: string, count: number): string =>
    `  ${name.padEnd(10)} ${formatCount(count).padStart(12)}`;
  return [
    `${stopped_by === null ? 'Sent' : `Stopped by ${stopped_by}: sent`} ${formatCount(messages)} messages (${formatBytes(bytes)}) to ${where} in ${formatSeconds(seconds)}, ${formatCount(summary.messages_per_second)}/s${span}`,
    row('late', late),
    row('duplicates', duplicates),
    row('to reject', total) + (total > 0 ? `  (${reasons.join(', ')})` : ''),
  ];
}

function isoSecond(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
