/** What a running stream says of itself, for its status line, its metrics and its summary. */
import type { Rest, RunResult } from '../runners/local';
import { formatCount, formatSeconds } from './text';

/** What the source of a stream knows. */
export interface SourceStatus {
  /** Messages that were received and are not acknowledged yet. */
  readonly unacked: number;
  /** Set while the source can't be reached. */
  readonly outage: { readonly since: number; readonly message: string } | null;
}

export interface StreamNumbers {
  readonly read: number;
  readonly bytes: number;
  readonly lateDropped: number;
  /** Records read in a second of late. */
  readonly rate: number;
  /** Milliseconds since 1970; null before anything has come. */
  readonly watermark: number | null;
  readonly openWindows: number;
  /** About how many bytes of state there are. */
  readonly stateBytes: number;
  /** Nothing is read, since there are too many. */
  readonly isFull: boolean;
  readonly unacked: number;
  readonly flushes: number;
  readonly rowsWritten: number;
  readonly lastFlushMs: number;
  readonly outage: SourceStatus['outage'];
}

/** Rates are made of samples so far apart. */
const SAMPLE_EVERY_MS = 1000;
/** Rates are of about this long. */
const RATE_OVER_MS = 5000;
/** Years in which no shop has sold anything: a watermark there has not moved, or is at the end of time. */
const FIRST_YEAR = Date.UTC(1, 0, 1);
const LAST_YEAR = Date.UTC(9999, 0, 1);

export class StreamStatus {
  private read = 0;
  private bytes = 0;
  private lateDropped = 0;
  private watermark: number | null = null;
  private openWindows = 0;
  private stateBytes = 0;
  private isFull = false;
  private sampled = 0;
  private flushes = 0;
  private rowsWritten = 0;
  private lastFlushMs = 0;
  private readonly samples: { at: number; read: number }[] = [];
  /** When the graph was last at rest, milliseconds since 1970. */
  restedAt = Date.now();

  /** `source`: asked when it is shown. */
  constructor(private readonly source: () => SourceStatus) {}

  rested(rest: Rest, { counters }: RunResult, now = Date.now()): void {
    this.restedAt = now;
    this.read = counters.get('rows_read') ?? 0;
    this.bytes = counters.get('bytes_read') ?? 0;
    const { watermark } = rest;
    this.watermark = watermark > FIRST_YEAR && watermark < LAST_YEAR ? watermark : null;
    this.openWindows = rest.size.windows;
    this.stateBytes = rest.size.bytes;
    this.isFull = rest.isFull;
    if (now - this.sampled < SAMPLE_EVERY_MS) return;
    this.sampled = now;
    this.samples.push({ at: now, read: this.read });
    while (this.samples.length > 2 && now - this.samples[1].at > RATE_OVER_MS) this.samples.shift();
  }

  /** Says that records came too late and were dropped. */
  dropped(records: number): void {
    this.lateDropped += records;
  }

  flushed(rows: number, milliseconds: number): void {
    this.flushes++;
    this.rowsWritten += rows;
    this.lastFlushMs = milliseconds;
  }

  numbers(now = Date.now()): StreamNumbers {
    const { unacked, outage } = this.source();
    const [first] = this.samples;
    const rate =
      first === undefined || now <= first.at ? 0 : ((this.read - first.read) * 1000) / (now - first.at);
    const { read, bytes, lateDropped, watermark, openWindows, flushes, rowsWritten, lastFlushMs } = this;
    const { stateBytes, isFull } = this;
    return {
      ...{ read, bytes, lateDropped, rate, watermark, openWindows, flushes, rowsWritten, lastFlushMs },
      ...{ stateBytes, isFull, unacked, outage },
    };
  }
}

/** The line that a terminal shows. */
export function statusText(numbers: StreamNumbers, now = Date.now()): string {
  const { read, rate, watermark, openWindows, unacked, lateDropped, stateBytes, isFull, outage } = numbers;
  if (outage !== null)
    return `no connection for ${formatSeconds((now - outage.since) / 1000)}: ${outage.message}`;
  const lag = watermark === null ? '' : ` (${lagText(now - watermark)} behind)`;
  const reached = watermark === null ? 'none yet' : new Date(watermark).toISOString().slice(0, 19);
  const parts = [
    `${formatCount(read)} events, ${formatCount(Math.round(rate))}/s`,
    `watermark ${reached}${lag}`,
    `${formatCount(openWindows)} windows`,
    `state ${(stateBytes / (1 << 20)).toFixed(1)} MiB${isFull ? ' (full: nothing is read until hours expire; see --max-state)' : ''}`,
    `${formatCount(unacked)} unacked`,
    ...(lateDropped > 0 ? [`${formatCount(lateDropped)} too late`] : []),
  ];
  return parts.join(', ');
}

const DAY_SECONDS = 86_400;

/** A watermark's distance from now: of live traffic seconds, of a replay years. */
function lagText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  return seconds < 3 * DAY_SECONDS
    ? formatSeconds(seconds)
    : `${formatCount(Math.round(seconds / DAY_SECONDS))} days`;
}
