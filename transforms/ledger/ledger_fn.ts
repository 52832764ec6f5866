/**
 * The ledger: what became of every record, per event hour. What was read and rejected is counted where records are parsed, what counts and what repeats by the accumulators; the two
 * sides never see each other's numbers, so a loss between them shows.
 */
import type { Coder } from 'apache-beam/coders/coders';
import type { Keyed, KeyedCombineFn } from '../../beam/combine';
import { HOUR_MS } from '../../schema/events';
import type { LedgerRow } from '../../schema/tables';
import type { EventBatch } from '../clean/event_batch';
import { type WindowContext, windowStart } from '../context';
import type { Rollup } from '../count/rollup';
import { isoDate } from '../gold/gold_rows';
import { isFuller } from '../merge/merge_fn';
import type { Tally } from '../parse/tally';
import { LedgerCoder } from './ledger_coder';

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

/**
 * What the entry of an hour is combined by: its day, so that a change makes the rows of that day anew and not those of all days that ever were; null: what records without a usable time have in common.
 * By the hour there would be fewer rows still, but a stream keeps each key for good, and with it in its checkpoints up to 64 KiB of entries that are not yet added up (runners/local/event_time/accumulators.ts).
 */
export function ledgerKey(hour: number | null): string {
  return hour === null ? 'unknown' : isoDate(hour * HOUR_MS);
}

/** Tally → a ledger entry for each day in it. A tally of nothing makes one too: where nothing was read there is a ledger without rows, and whoever checks it is asked. */
export class EnterTally {
  *process({ hours, unknown, redriven }: Tally): Generator<Keyed<LedgerEntry>> {
    const days = new Map<string, Tally>();
    const dayOf = (hour: number | null): Tally => {
      const key = ledgerKey(hour);
      let day = days.get(key);
      if (day === undefined) {
        day = { hours: [], unknown: hour === null ? unknown : [0, 0], redriven: [], currencies: [] };
        days.set(key, day);
      }
      return day;
    };
    for (const each of hours) dayOf(each[0]).hours.push(each);
    for (const each of redriven) dayOf(each[0]).redriven.push(each);
    if (unknown[0] > 0 || days.size === 0) dayOf(null);
    for (const [key, tally] of days) yield { key, value: { tally } };
  }
}

/** Merged hour → ledger entry. */
export class EnterCount {
  *process({ revision, absorbed, counted }: Rollup, context: WindowContext): Generator<Keyed<LedgerEntry>> {
    const hour = windowStart(context.window.lookup()) / HOUR_MS;
    yield { key: ledgerKey(hour), value: { count: { hour, revision, absorbed, counted } } };
  }
}

/** Batch that came too late → ledger entry. */
export class EnterLate {
  *process(batch: EventBatch): Generator<Keyed<LedgerEntry>> {
    const hour = Math.floor(batch.earliest / HOUR_MS);
    yield { key: ledgerKey(hour), value: { late: [hour, batch.size] } };
  }
}

/** What is known of an hour. */
export interface HourBooks {
  read: number;
  rejected: number;
  /** Records that came too late. */
  late: number;
  /** The fullest one. */
  count: HourCount | null;
  /** Dead letters that were sent again, each once. */
  redriven: Set<string>;
}

/** The books of some hours, by hours since 1970, and, by null, of the records without a usable time. */
export interface Ledger {
  readonly hours: Map<number | null, HourBooks>;
}

/** Who says what came too late: bounded input has nothing of it. */
export type LateSource = LedgerRow['late_source'];

/** Ledger entries → rows, ordered by hour, the unknown one last. */
export class BalanceLedger implements KeyedCombineFn<LedgerEntry, Ledger, LedgerRow[]> {
  constructor(readonly lateSource: LateSource) {}

  createAccumulator(): Ledger {
    return { hours: new Map() };
  }

  addInput(ledger: Ledger, entry: LedgerEntry): Ledger {
    if ('tally' in entry) {
      for (const [hour, read, rejected] of entry.tally.hours)
        addBooks(ledger, hour, { ...NOTHING, read, rejected });
      const [read, rejected] = entry.tally.unknown;
      if (read > 0) addBooks(ledger, null, { ...NOTHING, read, rejected });
      for (const [hour, identity] of entry.tally.redriven)
        addBooks(ledger, hour, { ...NOTHING, redriven: new Set([identity]) });
    } else if ('count' in entry) {
      addBooks(ledger, entry.count.hour, { ...NOTHING, count: entry.count });
    } else {
      const [hour, late] = entry.late;
      addBooks(ledger, hour, { ...NOTHING, late });
    }
    return ledger;
  }

  mergeAccumulators(all: Iterable<Ledger>): Ledger {
    const merged = this.createAccumulator();
    for (const { hours } of all) for (const [hour, books] of hours) addBooks(merged, hour, books);
    return merged;
  }

  extractOutput({ hours }: Ledger): LedgerRow[] {
    const last = Number.POSITIVE_INFINITY;
    const ordered = [...hours].sort(([a], [b]) => (a ?? last) - (b ?? last));
    return ordered.map(([hour, books]) => ledgerRow(hour, books, this.lateSource));
  }

  accumulatorCoder(): Coder<Ledger> {
    return new LedgerCoder();
  }
}

const NOTHING: HourBooks = { read: 0, rejected: 0, late: 0, count: null, redriven: new Set() };

function addBooks({ hours }: Ledger, hour: number | null, books: HourBooks): void {
  const { read, rejected, late, count, redriven } = books;
  const known = hours.get(hour);
  if (known === undefined) {
    hours.set(hour, { read, rejected, late, count, redriven: new Set(redriven) });
    return;
  }
  known.read += read;
  known.rejected += rejected;
  known.late += late;
  for (const identity of redriven) known.redriven.add(identity);
  if (count !== null && (known.count === null || isFuller(count, known.count))) known.count = count;
}

function ledgerRow(
  hour: number | null,
  { read, rejected, late, count, redriven }: HourBooks,
  lateSource: LateSource,
): LedgerRow {
  const isKnown = lateSource === 'runner';
  const counted = count?.counted ?? 0;
  const duplicates = count === null ? 0 : count.absorbed - count.counted;
  return {
    bucket: hour === null ? 'unknown' : new Date(hour * HOUR_MS).toISOString().replace('.000Z', 'Z'),
    window_start: hour === null ? null : hour * HOUR_MS,
    read,
    counted,
    duplicates,
    rejected,
    late_dropped: isKnown ? late : null,
    late_source: lateSource,
    redriven: redriven.size,
    unaccounted: isKnown ? read - counted - duplicates - rejected - late : null,
    commit: 0,
  };
}
