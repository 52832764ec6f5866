import type { Reject } from './reject';

/** What the ledger has to know of one range of a file, or of a bundle of messages. */
export interface Tally {
  /** For each event hour (hours since 1970): records read, and rejected. */
  readonly hours: [hour: number, read: number, rejected: number][];
  /** Records without a usable time: read, and rejected. */
  readonly unknown: [read: number, rejected: number];
  /** Messages that were sent again from the dead letters: of an hour, null where the time is not usable, the dead letter's identity. */
  readonly redriven: (readonly [hour: number | null, identity: string])[];
  /** Currencies seen, in upper case. */
  readonly currencies: string[];
}

/** What the dead letters have to know of one range of a file: its lines, so that later ranges know theirs, and what was rejected. */
export interface RangeRejects {
  readonly source: string;
  readonly rangeStart: number;
  /** Lines in the range, records or not. */
  readonly lines: number;
  readonly rejects: Reject[];
}
