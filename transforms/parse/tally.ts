import type { Reject } from './reject';

/** What the ledger and the dead letters have to know of one range of a file. */
export interface Tally {
  readonly source: string;
  readonly rangeStart: number;
  /** Lines in the range, records or not. */
  readonly lines: number;
  /** For each event hour (hours since 1970): records read, and rejected. */
  readonly hours: [hour: number, read: number, rejected: number][];
  /** Records without a usable time: read, and rejected. */
  readonly unknown: [read: number, rejected: number];
  readonly rejects: Reject[];
}
