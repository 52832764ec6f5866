import type { LedgerRow } from '../../schema/tables';

/** Records are missing from the tables: nothing may be published. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly exitCode = 1;
}

/** There was nothing to count. */
export class NoEventsError extends Error {
  override readonly name = 'NoEventsError';
  readonly exitCode = 2;
}

/** Passes the ledger of a complete, bounded run on if every record is accounted for; the switch of the tables waits for it. */
export class CheckLedger {
  constructor(readonly input: string) {}

  *process(rows: LedgerRow[]): Generator<LedgerRow[]> {
    if (rows.length === 0) throw new NoEventsError(`no events in ${this.input}: the input has no records`);
    const open = rows.filter((row) => row.unaccounted !== 0);
    if (open.length > 0) throw unbalanced(open, 'No table was changed. This is a defect: please report it.');
    yield rows;
  }
}

/** The check of a stream, at a commit that finds the graph at rest: `open` are the rows that should balance by now and don't. */
export function refuseOpenBuckets(open: readonly OpenRow[]): void {
  if (open.length === 0) return;
  throw unbalanced(
    open,
    'The tables are as of the last commit. This is a defect: please report it. The same --state would stop here again; to begin anew, name another one and give --replace.',
  );
}

/** A row of the ledger that does not balance. */
export type OpenRow = Pick<LedgerRow, 'bucket' | 'unaccounted'>;

/** Hours that a message names before it only counts. */
const MOST_NAMED = 5;

function unbalanced(open: readonly OpenRow[], consequence: string): LedgerError {
  const hours = open.slice(0, MOST_NAMED).map((row) => `${row.bucket} (${row.unaccounted})`);
  const more = open.length > hours.length ? ` and ${open.length - hours.length} more` : '';
  return new LedgerError(
    `the ledger does not balance: records unaccounted for in ${hours.join(', ')}${more}. ${consequence}`,
  );
}
