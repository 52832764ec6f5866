/**
 * The books of a run: where every record went. Dead letters hold what was rejected, the ledger the counts of everything.
 */
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import { combineByKey, type Keyed } from '../beam/combine';
import { JsonCoder } from '../beam/json_coder';
import {
  flatten,
  groupByKey,
  KVCoder,
  P,
  type PCollection,
  windowParam,
  withCoderInternal,
  withName,
} from '../beam/sdk';
import { named, step, type Transform } from '../beam/step';
import type { DeadLetterRow, LedgerRow } from '../schema/tables';
import type { Rollup } from './count/rollup';
import { DeadLetterRows, KeyBySource } from './ledger/dead_letters';
import { BalanceLedger, EnterCount, EnterTally, type LedgerEntry } from './ledger/ledger_fn';
import { DropKey } from './merge/stamp_source';
import type { RangeRejects, Tally } from './parse/tally';
import { globalWindow } from './windowing';

/** Rejected records → rows of dead_letters, with their lines; all ranges of a file come together for that, in the global window; of input without an end each comes for itself. */
export function deadLetterRows(rejectedAt: number): Transform<RangeRejects, DeadLetterRow[]> {
  return named('Dead letters', (rejects: PCollection<RangeRejects>) =>
    rejects
      .apply(step('Key by source', new KeyBySource()))
      .apply(
        withName(
          'Encode',
          withCoderInternal(new KVCoder(new StrUtf8Coder(), new JsonCoder<RangeRejects>())),
        ) as never,
      )
      .apply(globalWindow({ accumulating: false }) as never)
      .apply(withName('Ranges of a source', groupByKey()) as never)
      .apply(step('Find lines', new DeadLetterRows(rejectedAt)) as never),
  ) as never;
}

/**
 * Tallies of the parser and counts of the accumulators → the ledger. Both sides meet in the global window: what the parser read can't be late, so it is
 * compared with what the windows kept, not with what they were given.
 */
export function balanceLedger(
  tallies: PCollection<Tally>,
  hours: PCollection<Rollup>,
): PCollection<LedgerRow[]> {
  const read = tallies.apply(
    named('Enter what was read', (all: PCollection<Tally>) =>
      all.apply(step('Tally', new EnterTally())).apply(globalWindow({ accumulating: true })),
    ),
  );
  const counted = hours.apply(
    named('Enter what was counted', (all: PCollection<Rollup>) =>
      all
        .apply(step('Count', new EnterCount(), { window: windowParam() }))
        .apply(globalWindow({ accumulating: true })),
    ),
  );
  const entries: PCollection<Keyed<LedgerEntry>> = P([read, counted]).apply(
    withName('Both sides of the ledger', flatten()) as never,
  );
  return entries
    .apply(
      combineByKey('Balance ledger', new BalanceLedger(), {
        input: new JsonCoder<LedgerEntry>(),
        output: new JsonCoder<LedgerRow[]>(),
      }),
    )
    .apply(step('Drop the ledger’s key', new DropKey<LedgerRow[]>()));
}
