/** What hours of a run are scored against: `--baseline` and `--history`, read once at the start. */
import { readBaseline } from '../io/duckdb/read_baseline';
import { InputError } from '../io/input_error';
import { HOUR_MS } from '../schema/events';
import type { HistoryHour } from '../transforms/baseline/baseline_fn';
import { MOST_TRAILING_LATENESS_MS } from '../transforms/baseline/trailing';
import { readHistory } from './outputs/read_history';
import type { StreamOutput } from './outputs/stream_output';

export type BaselineChoice =
  | { readonly name: 'run' }
  | { readonly name: 'file'; readonly hours: readonly HistoryHour[] }
  /** `history`: hours of an earlier run; null where there is none. For a stream an empty list: with and without history are two graphs, and a state is gone on with by the one that made it. */
  | { readonly name: 'trailing'; readonly history: readonly HistoryHour[] | null };

export interface BaselineOptions {
  /** `--baseline`: run, trailing or a file. */
  readonly baseline: string;
  /** `--history`: duckdb:FILE or bigquery:PROJECT.DATASET. */
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
    history: history === undefined ? null : await readHistory(history, minViews),
  };
}

/**
 * The same for a stream, whose history is its own output where `--history` names no other. A state that is gone on with has the history that it began with: there is no need to read one again, and what is read has no say.
 *
 * Throws an {@link InputError} besides where a stream can't be scored so: against its own hours, which never are all there, and against a trailing baseline that late events may still change when it is used.
 */
export async function chooseStreamBaseline(
  options: BaselineOptions & {
    /** What the stream writes, which may not be there yet. */
    readonly output: Pick<StreamOutput, 'history'>;
    readonly allowedLatenessMs: number;
  },
): Promise<BaselineChoice> {
  const { baseline, history, minViews, output, allowedLatenessMs } = options;
  if (baseline === 'run')
    throw new InputError(
      '--baseline run needs all hours of a run, and a stream has no last one. Choose --baseline trailing, or name a file',
    );
  if (baseline === 'trailing' && allowedLatenessMs > MOST_TRAILING_LATENESS_MS)
    throw new InputError(
      `--allowed-lateness of ${allowedLatenessMs / HOUR_MS}h is too long for --baseline trailing: what comes more than ${MOST_TRAILING_LATENESS_MS / HOUR_MS}h late would change baselines that hours have been scored against. Lower it, or name a file as --baseline`,
    );
  if (baseline === 'trailing' && history === undefined)
    return { name: 'trailing', history: await output.history(minViews) };
  return chooseBaseline(options);
}
