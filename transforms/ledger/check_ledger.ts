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
    if (open.length > 0) {
      const hours = open.slice(0, 5).map((row) => `${row.bucket} (${row.unaccounted})`);
      const more = open.length > hours.length ? ` and ${open.length - hours.length} more` : '';
      throw new LedgerError(
        `the ledger does not balance: records unaccounted for in ${hours.join(', ')}${more}. No table was changed. This is a defect: please report it.`,
      );
    }
    yield rows;
  }
}
