/** What a page, an API or an alert is made from: tables that somebody may be writing to, and what the writer says of itself. `pipelines/` hands it over. */
import type { Store } from './questions/store';

export interface Served {
  /** The output as the user named it. */
  readonly name: string;
  /**
   * Asks questions of one moment of the tables. What `questions` gets must not be used after its promise is kept.
   *
   * @throws {InputError} where the output can't be read now: it is locked for longer than one waits, or gone
   * @throws {BusyError}
   */
  read<T>(questions: (store: Store) => Promise<T>): Promise<T>;
  /** Tells `listener` whenever the tables may have changed, until what it returns is called. */
  onChange(listener: () => void): () => void;
  /** What the stream that writes here says of itself now; null where this process writes nothing. */
  status(): PipelineStatus | null;
  close(): Promise<void>;
}

/** More is asked than can be answered soon: who asks again in a moment gets an answer. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** A running stream's own numbers, since its start. */
export interface PipelineStatus {
  /** Records read. */
  readonly read: number;
  /** Records read in a second of late. */
  readonly rate: number;
  readonly late_dropped: number;
  /** Event time that all of the graph has passed, milliseconds since 1970; null before anything has come. */
  readonly watermark: number | null;
  readonly open_windows: number;
  /** About how many bytes of state there are. */
  readonly state_bytes: number;
  /** Nothing is read until hours expire: the state has reached its largest size. */
  readonly is_full: boolean;
  /** Messages received and not acknowledged yet. */
  readonly unacked: number;
  readonly flushes: number;
  readonly rows_written: number;
  readonly last_flush_ms: number;
  /** Since when the source can't be reached, milliseconds since 1970; null while it can. */
  readonly outage_since: number | null;
}
