import type { Keyed } from '../../beam/combine';
import type { LedgerRow } from '../../schema/tables';

/** Rows of a day → the same, under the one key at which all days meet. */
export class BringTogether {
  *process({ value }: Keyed<LedgerRow[]>): Generator<Keyed<LedgerRow[]>> {
    yield { key: '', value };
  }
}

/** Rows of all days → one list, ordered by hour, the unknown one last. There is one also where nothing was read. */
export class JoinDays {
  *process({ value }: { key: string; value: Iterable<LedgerRow[]> }): Generator<LedgerRow[]> {
    const last = Number.POSITIVE_INFINITY;
    yield [...value].flat().sort((a, b) => (a.window_start ?? last) - (b.window_start ?? last));
  }
}
