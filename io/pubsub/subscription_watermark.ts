/**
 * The watermark of a subscription: no message to come is earlier than this, or it is late.
 *
 * Pub/Sub gives out messages in no order and says nothing of what is still to come, so the watermark is a guess from what has come: the smallest event time of the last minute, less some slack. What was that much out
 * of order in the last minute may be so again. docs/streaming.md has an example.
 *
 * Everything here is a function of the messages and of the times at which they came, which are arguments.
 */
import { WatermarkMemory } from './watermark_memory';

/** Before any message: Beam's first instant, as near as a double comes. */
export const NO_WATERMARK = Number('-9223372036854775');
/** Nothing will come any more: Beam's last instant, as near as a double comes. */
export const END_OF_TIME = Number('9223372036854775');

/** Twice the time after which Pub/Sub delivers again what a killed run had not acked. */
export const DEFAULT_MEMORY_MS = 60_000;
/** None: what was seen out of order is known, and lateness is allowed for the rest. */
export const DEFAULT_SLACK_MS = 0;
/** More than clocks of honest senders differ, less than the two hours for which an hour takes late events. */
export const DEFAULT_MAX_JUMP_MS = 3_600_000;
/** As long as the memory: by then what an earlier run had not acked has come again. */
export const DEFAULT_IDLE_TIMEOUT_MS = 60_000;

/**
 * What to do when no message has come for the length of the memory.
 *
 * - `advance`: the watermark goes on by the time that passes. A live stream's windows close although nobody buys at night; a replay of another year that is paused does not leap into the present.
 * - `hold`: it stays until messages come.
 * - `finish`: it stays, and after the idle timeout the input is over: all windows close.
 */
export type WhenIdle = 'advance' | 'hold' | 'finish';

export interface WatermarkOptions {
  /** How long a message's event time counts, milliseconds of processing time. */
  readonly memoryMs: number;
  /** How far the watermark stays behind the smallest event time in memory, milliseconds. */
  readonly slackMs: number;
  /** A rise of more than this needs several messages that bear it out, milliseconds of event time. */
  readonly maxJumpMs: number;
  readonly whenIdle: WhenIdle;
  /** For `finish`: without a message for as long the input is over, milliseconds. */
  readonly idleTimeoutMs: number;
}

export class SubscriptionWatermark {
  private value: number;
  private readonly memory: WatermarkMemory;
  /** After a restart the watermark stays until then: what the run before had pulled and not acked comes again. */
  private readonly heldUntil: number;
  /** When a message came last, of whatever time. */
  private lastMessage: number;
  /** When a message came last that was not long past: while such ones come, traffic is catching up, not idle. */
  private lastRecent: number;
  /** Up to when idle time has been added. */
  private advancedUntil: number;

  /**
   * @param now any clock's milliseconds, the same clock's as in all calls; it must not go back
   * @param restored the watermark that a checkpoint holds, null for a new stream
   */
  constructor(
    private readonly options: WatermarkOptions,
    now: number,
    restored: number | null = null,
  ) {
    this.value = restored ?? NO_WATERMARK;
    this.memory = new WatermarkMemory(options.memoryMs);
    this.heldUntil = restored === null ? now : now + options.memoryMs;
    this.lastMessage = now;
    this.lastRecent = now;
    this.advancedUntil = this.heldUntil;
  }

  /** The watermark as it was last asked for. */
  get current(): number {
    return this.value;
  }

  /** A message has come at `now`. One that is behind the watermark is late already: it holds nothing up. */
  observe(eventTime: number, now: number): void {
    this.lastMessage = now;
    if (eventTime < this.value - this.options.maxJumpMs) return;
    this.lastRecent = now;
    if (eventTime >= this.value) this.memory.add(eventTime, now);
  }

  /** A message whose event time nobody knows has come at `now`: it says only that the subscription is not idle. */
  observeUnknown(now: number): void {
    this.lastMessage = now;
  }

  /**
   * The watermark at `now`; never less than before.
   *
   * @param ceiling the watermark does not rise above this: the smallest event time of messages that have come and have not been given out
   */
  at(now: number, ceiling = Number.POSITIVE_INFINITY): number {
    this.memory.forget(now);
    if (now < this.heldUntil) return this.value;
    if (this.memory.isEmpty) this.passIdleTime(now, ceiling);
    else this.rise(ceiling);
    return this.value;
  }

  /** The input is over, and the watermark at its end. */
  isFinished(now: number): boolean {
    const { whenIdle, idleTimeoutMs } = this.options;
    if (whenIdle !== 'finish' || now < this.heldUntil || now - this.lastMessage < idleTimeoutMs) return false;
    this.value = END_OF_TIME;
    return true;
  }

  private rise(ceiling: number): void {
    const { slackMs, maxJumpMs } = this.options;
    let candidate = this.memory.min - slackMs;
    if (candidate - this.value > maxJumpMs) candidate = this.memory.supportedMin - slackMs;
    this.value = Math.max(this.value, Math.min(candidate, ceiling));
  }

  private passIdleTime(now: number, ceiling: number): void {
    const { memoryMs, whenIdle } = this.options;
    if (whenIdle !== 'advance' || this.value === NO_WATERMARK) return;
    const since = Math.max(this.advancedUntil, this.lastRecent + memoryMs, this.memory.emptySince);
    if (now <= since) return;
    this.advancedUntil = now;
    this.value = Math.max(this.value, Math.min(this.value + now - since, ceiling));
  }
}
