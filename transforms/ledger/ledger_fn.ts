/**
 * The ledger: what became of every record, per event hour. What was read and rejected is counted where records are parsed, what counts and what repeats by the accumulators; the two
 * sides never see each other's numbers, so a loss between them shows.
 */
import type { Coder } from 'apache-beam/coders/coders';
import type { KeyedCombineFn } from '../../beam/combine';
import { JsonCoder } from '../../beam/json_coder';
import { HOUR_MS } from '../../schema/events';
import type { LedgerRow } from '../../schema/tables';
import type { EventBatch } from '../clean/event_batch';
import { type WindowContext, windowStart } from '../context';
import type { Rollup } from '../count/rollup';
import { isFuller } from '../merge/merge_fn';
import type { Tally } from '../parse/tally';

/** What an hour's accumulators say of it. */
export interface HourCount {
  /** Hours since 1970. */
  readonly hour: number;
  readonly revision: number;
  readonly absorbed: number;
  readonly counted: number;
}

export type LedgerEntry =
  | { readonly tally: Tally }
  | { readonly count: HourCount }
  | { readonly late: readonly [hour: number, records: number] };

/** Tally → ledger entry. */
export class EnterTally {
  *process(tally: Tally): Generator<{ key: string; value: LedgerEntry }> {
    yield { key: '', value: { tally } };
  }
}

/** Merged hour → ledger entry. */
export class EnterCount {
  *process(
    { revision, absorbed, counted }: Rollup,
    context: WindowContext,
  ): Generator<{ key: string; value: LedgerEntry }> {
    const hour = windowStart(context.window.lookup()) / HOUR_MS;
    yield { key: '', value: { count: { hour, revision, absorbed, counted } } };
  }
}

/** Batch that came too late → ledger entry. */
export class EnterLate {
  *process(batch: EventBatch): Generator<{ key: string; value: LedgerEntry }> {
    yield { key: '', value: { late: [Math.floor(batch.earliest / HOUR_MS), batch.size] } };
  }
}

/** Sums of tallies and of what came too late, and of each hour the fullest count. */
interface Ledger {
  hours: [hour: number, read: number, rejected: number][];
  unknown: [read: number, rejected: number];
  counts: HourCount[];
  late: (readonly [hour: number, records: number])[];
}

/** Who says what came too late: bounded input has nothing of it. */
export type LateSource = LedgerRow['late_source'];

/** Ledger entries → rows, ordered by hour, the unknown one last. */
export class BalanceLedger implements KeyedCombineFn<LedgerEntry, Ledger, LedgerRow[]> {
  constructor(readonly lateSource: LateSource) {}

  createAccumulator(): Ledger {
    return { hours: [], unknown: [0, 0], counts: [], late: [] };
  }

  addInput(ledger: Ledger, entry: LedgerEntry): Ledger {
    if ('tally' in entry) {
      for (const hour of entry.tally.hours) ledger.hours.push(hour);
      ledger.unknown[0] += entry.tally.unknown[0];
      ledger.unknown[1] += entry.tally.unknown[1];
    } else if ('count' in entry) {
      ledger.counts.push(entry.count);
    } else {
      ledger.late.push(entry.late);
    }
    return ledger;
  }

  mergeAccumulators(all: Iterable<Ledger>): Ledger {
    const merged = this.createAccumulator();
    for (const ledger of all) {
      for (const hour of ledger.hours) merged.hours.push(hour);
      merged.unknown[0] += ledger.unknown[0];
      merged.unknown[1] += ledger.unknown[1];
      for (const count of ledger.counts) merged.counts.push(count);
      for (const late of ledger.late) merged.late.push(late);
    }
    return merged;
  }

  extractOutput(ledger: Ledger): LedgerRow[] {
    const read = new Map<number, [read: number, rejected: number]>();
    for (const [hour, reads, rejects] of ledger.hours) {
      const known = read.get(hour) ?? [0, 0];
      read.set(hour, [known[0] + reads, known[1] + rejects]);
    }
    const counts = new Map<number, HourCount>();
    for (const count of ledger.counts) {
      const known = counts.get(count.hour);
      if (known === undefined || isFuller(count, known)) counts.set(count.hour, count);
    }
    const late = new Map<number, number>();
    for (const [hour, records] of ledger.late) late.set(hour, (late.get(hour) ?? 0) + records);
    const hours = [...new Set([...read.keys(), ...counts.keys(), ...late.keys()])].sort((a, b) => a - b);
    const row = (hour: number | null, reads: readonly [number, number]) =>
      ledgerRow(
        hour,
        reads,
        counts.get(hour ?? Number.NaN),
        late.get(hour ?? Number.NaN) ?? 0,
        this.lateSource,
      );
    const rows = hours.map((hour) => row(hour, read.get(hour) ?? [0, 0]));
    return ledger.unknown[0] > 0 ? [...rows, row(null, ledger.unknown)] : rows;
  }

  accumulatorCoder(): Coder<Ledger> {
    return new JsonCoder<Ledger>();
  }
}

function ledgerRow(
  hour: number | null,
  [read, rejected]: readonly [number, number],
  count: HourCount | undefined,
  late: number,
  lateSource: LateSource,
): LedgerRow {
  const isKnown = lateSource === 'runner';
  const counted = count?.counted ?? 0;
  const duplicates = count === undefined ? 0 : count.absorbed - count.counted;
  return {
    bucket: hour === null ? 'unknown' : new Date(hour * HOUR_MS).toISOString().replace('.000Z', 'Z'),
    window_start: hour === null ? null : hour * HOUR_MS,
    read,
    counted,
    duplicates,
    rejected,
    late_dropped: isKnown ? late : null,
    late_source: lateSource,
    redriven: 0,
    unaccounted: isKnown ? read - counted - duplicates - rejected - late : null,
    commit: 0,
  };
}
