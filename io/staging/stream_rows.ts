/** What every sink of a stream does with the rows of a table besides keeping the newest one of each key. */
import type { Table } from '../../schema/table';
import { deadLetters, goldAnomaliesHourlyBrand, pipelineLedger } from '../../schema/tables';

/** What the sink sets in the rows of a flush. */
export interface Stamp {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly commit: number;
}

export interface StreamRows {
  /** Rows without any event remove the one that is there, and older ones of their key stay away. */
  readonly removesVoid: boolean;
  /** Columns that are set when the row is written, which the graph can't know. */
  readonly stamped: Readonly<Record<string, keyof Stamp>>;
}

const GOLD: StreamRows = { removesVoid: true, stamped: { computed_at: 'time' } };

const OTHERS: Readonly<Record<string, StreamRows>> = {
  // An hour that healed by losing all its events is a retracted row, so no row is ever removed.
  [goldAnomaliesHourlyBrand.name]: { removesVoid: false, stamped: { computed_at: 'time' } },
  [deadLetters.name]: { removesVoid: false, stamped: {} },
  [pipelineLedger.name]: { removesVoid: false, stamped: { commit: 'commit' } },
};

/** @param table one of STREAM_TABLES */
export function streamRows(table: Table): StreamRows {
  return OTHERS[table.name] ?? GOLD;
}
