/**
 * The ledger of a stream, as its tables in BigQuery will have it after the next flush. BigQuery has no transaction over rows that are streamed, so that what a flush would do to the books is looked at here, before
 * anything is sent.
 */
import { HOUR_MS } from '../../../schema/events';
import { type LedgerRow, pipelineLedger } from '../../../schema/tables';
import type { OpenBucket } from '../../open_bucket';
import { aligned, type Block, readBlocks } from '../../staging/block_reader';
import { watermarkOf } from '../../stream_watermark';
import { columnOf, isNull, millisecondsOf, numbersOf, textsOf } from '../write/block_values';

/** Numbers of the ledger that `runs` repeats. */
const SUMS = ['read', 'counted', 'duplicates', 'rejected', 'late_dropped'] as const;

export class StreamLedger {
  private readonly rows: Map<string, LedgerRow>;

  /** @param stored the rows that are there */
  constructor(stored: readonly LedgerRow[]) {
    this.rows = new Map(stored.map((row) => [row.bucket, row]));
  }

  /**
   * Takes its judgement from every row that a commit after the state's last has written: a crash has cut that one off, so its numbers are not those of the state that the run goes on from. A row comes again
   * with whatever changes its day; until then, nobody can say whether it balances.
   *
   * @param commits that the state holds
   * @returns the rows that have changed
   */
  doubtAfter(commits: number): LedgerRow[] {
    const doubted = [...this.rows.values()]
      .filter(({ commit, unaccounted }) => commit > commits && unaccounted !== null)
      .map((row) => ({ ...row, unaccounted: null }));
    for (const row of doubted) this.rows.set(row.bucket, row);
    return doubted;
  }

  /** Takes the ledger's rows of a flush: of each hour the fullest counts, and those of a later commit stay. */
  take(parts: readonly Uint8Array[], commit: number): void {
    const coming = new Map<string, LedgerRow>();
    for (const blocks of parts)
      for (const block of readBlocks(pipelineLedger, aligned(blocks)))
        for (const row of ledgerRows(block, commit)) {
          const other = coming.get(row.bucket);
          if (other === undefined || records(row) > records(other)) coming.set(row.bucket, row);
        }
    for (const row of coming.values()) {
      const stored = this.rows.get(row.bucket);
      if (stored === undefined || stored.commit <= commit) this.rows.set(row.bucket, row);
    }
  }

  /**
   * The rows that should balance by now and don't, in the order of their hours. An hour expires when the watermark is at its end and the lateness, see io/duckdb/open_buckets.ts.
   *
   * @param watermark in milliseconds; null for complete
   */
  open(watermark: number | null, allowedLatenessMs: number): OpenBucket[] {
    const until = watermarkOf(watermark);
    const isOver = (start: number | null): boolean =>
      start === null || until === null || start + HOUR_MS + allowedLatenessMs <= until;
    return [...this.rows.values()]
      .filter(({ window_start, unaccounted }) => (unaccounted ?? 0) !== 0 && isOver(window_start))
      .sort((a, b) => (a.window_start ?? Infinity) - (b.window_start ?? Infinity))
      .map(({ bucket, unaccounted }) => ({ bucket, unaccounted: unaccounted! }));
  }

  /** The numbers over all hours. */
  get sums(): Record<(typeof SUMS)[number], number> {
    const sums = { read: 0, counted: 0, duplicates: 0, rejected: 0, late_dropped: 0 };
    for (const row of this.rows.values()) for (const name of SUMS) sums[name] += row[name] ?? 0;
    return sums;
  }
}

/** All its numbers only grow. */
function records({ read, counted, duplicates, rejected, late_dropped, redriven }: LedgerRow): number {
  return read + counted + duplicates + rejected + (late_dropped ?? 0) + redriven;
}

function* ledgerRows(block: Block, commit: number): Generator<LedgerRow> {
  const column = (name: keyof LedgerRow) => columnOf(pipelineLedger, block, name);
  const number = (name: keyof LedgerRow) => numbersOf(column(name));
  const numberOrNull = (name: keyof LedgerRow) => {
    const [values, numbers] = [column(name), number(name)];
    return (row: number) => (isNull(values, row) ? null : numbers(row));
  };
  const starts = column('window_start');
  const [bucket, source, start] = [
    textsOf(column('bucket')),
    textsOf(column('late_source')),
    millisecondsOf(starts),
  ];
  const [read, counted, duplicates, rejected, redriven] = (
    ['read', 'counted', 'duplicates', 'rejected', 'redriven'] as const
  ).map(number);
  const [late, unaccounted] = (['late_dropped', 'unaccounted'] as const).map(numberOrNull);
  for (let row = 0; row < block.rows; row++)
    yield {
      bucket: bucket(row),
      window_start: isNull(starts, row) ? null : start(row),
      read: read(row),
      counted: counted(row),
      duplicates: duplicates(row),
      rejected: rejected(row),
      late_dropped: late(row),
      late_source: source(row),
      redriven: redriven(row),
      unaccounted: unaccounted(row),
      commit,
    };
}
