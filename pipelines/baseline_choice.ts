/** What hours of a run are scored against: `--baseline` and `--history`, read once at the start. */
import { readBaseline, readHistory } from '../io/duckdb/read_baseline';
import { InputError } from '../io/input_error';
import type { HistoryHour } from '../transforms/baseline/baseline_fn';
import { MOST_TRAILING_LATENESS_MS } from '../transforms/baseline/trailing';
import { duckdbFile } from './duckdb_file';

export type BaselineChoice =
  | { readonly name: 'run' }
  | { readonly name: 'file'; readonly hours: readonly HistoryHour[] }
  /** `history`: hours of an earlier run; null where there is no such run, and never any. */
  | { readonly name: 'trailing'; readonly history: readonly HistoryHour[] | null };

export interface BaselineOptions {
  /** `--baseline`: run, trailing or a file. */
  readonly baseline: string;
  /** `--history`: duckdb:FILE. */
  readonly history: string | undefined;
  /** `--min-baseline-views`. */
  readonly minViews: number;
}

/** Reads what `--baseline` and `--history` name. Throws an {@link InputError} where they don't fit together, or can't be read. */
export async function chooseBaseline({
  baseline,
  history,
  minViews,
}: BaselineOptions): Promise<BaselineChoice> {
  if (history !== undefined && baseline !== 'trailing')
    throw new InputError(
      `--history ${history} is for --baseline trailing, and this run has --baseline ${baseline}. Leave one of them out`,
    );
  if (baseline === 'run') return { name: 'run' };
  if (baseline !== 'trailing') return { name: 'file', hours: await readBaseline(baseline) };
  return {
    name: 'trailing',
    history: history === undefined ? null : await readHistory(duckdbFile('history', history), minViews),
  };
}

/** Refuses what a stream can't be scored against: its own hours, which never are all there, and a trailing baseline that late events may still change when it is used. */
export function requireForStream({ name }: BaselineChoice, allowedLatenessMs: number): void {
  if (name === 'run')
    throw new InputError(
      '--baseline run needs all hours of a run, and a stream has no last one. Choose --baseline trailing, or name a file',
    );
  if (name === 'trailing' && allowedLatenessMs > MOST_TRAILING_LATENESS_MS)
    throw new InputError(
      `--allowed-lateness of ${allowedLatenessMs / 3_600_000}h is too long for --baseline trailing: what comes more than ${MOST_TRAILING_LATENESS_MS / 3_600_000}h late would change baselines that hours have been scored against. Lower it, or name a file as --baseline`,
    );
}
