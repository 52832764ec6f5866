/**
 * The books of a run: where every record went. Dead letters hold what was rejected, the ledger the counts of everything.
 */
import { StrUtf8Coder } from 'apache-beam/coders/standard_coders';
import { isBounded } from '../beam/bounded';
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
import type { EventBatch } from './clean/event_batch';
import type { Rollup } from './count/rollup';
import { DeadLetterRows, KeyBySource } from './ledger/dead_letters';
import { BalanceLedger, EnterCount, EnterLate, EnterTally, type LedgerEntry } from './ledger/ledger_fn';
import { BringTogether, JoinDays } from './ledger/whole_ledger';
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
 * Tallies of the parser, counts of the accumulators and, where a runner tells, batches that came too late → the ledger. Both sides meet in the global window: what the parser read can't be late, so it is
 * compared with what the windows kept, not with what they were given. It is kept by the day: a stream's ledger says anew what has changed, not all that it has ever seen.
 */
export function balanceLedger(
  tallies: PCollection<Tally>,
  hours: PCollection<Rollup>,
  late: PCollection<EventBatch> | null,
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
  const sides: PCollection<Keyed<LedgerEntry>>[] = [read, counted];
  if (late !== null) {
    const enter = named('Enter what came too late', (all: PCollection<EventBatch>) =>
      all.apply(step('Late', new EnterLate())).apply(globalWindow({ accumulating: true })),
    );
    sides.push(late.apply(enter));
  }
  const lateSource = isBounded(tallies) || late !== null ? 'runner' : 'unknown';
  const entries: PCollection<Keyed<LedgerEntry>> = P(sides).apply(
    withName('Both sides of the ledger', flatten()) as never,
  );
  return entries
    .apply(
      combineByKey('Balance days of the ledger', new BalanceLedger(lateSource), {
        input: new JsonCoder<LedgerEntry>(),
        output: new JsonCoder<LedgerRow[]>(),
      }),
    )
    .apply(wholeLedger());
}

/** Rows of days → one list of all rows where the input ends, since nothing may be published before all have been looked at. Of input without an end a day's rows go on as they come. */
function wholeLedger(): Transform<Keyed<LedgerRow[]>, LedgerRow[]> {
  return named('Whole ledger', (days: PCollection<Keyed<LedgerRow[]>>) =>
    isBounded(days)
      ? days
          .apply(step('Bring days together', new BringTogether()))
          .apply(
            withName(
              'Encode',
              withCoderInternal(new KVCoder(new StrUtf8Coder(), new JsonCoder<LedgerRow[]>())),
            ) as never,
          )
          .apply(withName('All days', groupByKey()) as never)
          .apply(step('Join days', new JoinDays()) as never)
      : days.apply(step('Drop the day', new DropKey<LedgerRow[]>())),
  ) as never;
}
