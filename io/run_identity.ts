/** Who writes to an output, and what comes with a stream's flush, for every kind of output. */
import type { RunRow } from '../schema/tables';
import type { OpenBucket } from './open_bucket';

/** What a run says of itself in `runs`, but for its counts, which the output knows. Its watermark is in milliseconds; null or beyond the year 9999 for complete. */
export type RunIdentity = Omit<RunRow, 'counts' | 'finished_at' | 'status'>;

export type StreamIdentity = RunIdentity & { readonly state_id: string };

export interface StreamFlush {
  /** The run as it is after this flush. */
  readonly run: StreamIdentity;
  /** Time of the flush, milliseconds since 1970, which its rows get as computed_at. */
  readonly now: number;
  /** Number of the commit that the flush belongs to, which ledger rows get. */
  readonly commit: number;
  /** The run ends with this flush, drained or since its input is over. */
  readonly isLast: boolean;
  /** Told, before anything of the flush can be seen, which rows of the ledger should balance by now and don't. What it throws comes out as it is. */
  readonly audit: (open: readonly OpenBucket[]) => void;
}
