/** Where a stream's tables go, whatever it is: made sure of before anything is read, written to before each commit, read back for the summary. */
import type { StreamFlush, StreamIdentity } from '../../io/run_identity';
import type { LoggedRows } from '../../io/staging/log_rows';
import type { ColumnBlock } from '../../schema/column_block';
import type { Table, TableColumns } from '../../schema/table';
import type { TableChange } from '../../schema/table_change';
import type { Store } from '../../serving/questions/store';
import type { HistoryHour } from '../../transforms/baseline/baseline_fn';
import type { RunMeasures, RunSummary } from '../summary';

export interface StreamStart {
  /** The run that begins. */
  readonly run: StreamIdentity;
  /** Commits that the state holds: one that has some must find its own output. */
  readonly commits: number;
  /** Take the output over where it is another's, and empty it. Its own output keeps its rows. */
  readonly replace: boolean;
}

/** Who holds a stream's tables elsewhere, to answer questions about them. */
export interface TableHolder {
  /** Which tables, and which of their columns. */
  readonly tables: readonly TableColumns[];
  /** Rows of all of them that it takes. */
  readonly mostRows: number;
  /** Rows of a first load. */
  rows(table: Table, block: ColumnBlock): void;
  /** All rows have been given: changes follow. */
  held(): void;
  /** Rows of a flush, after its commit. */
  changes(changes: readonly TableChange[]): void;
  /** The tables are others now: what was given is of no use. */
  forget(): void;
}

export interface StreamOutput {
  /** The output as messages name it. */
  readonly name: string;
  /** A command that reads a table. */
  readonly example: string;
  /** Folder of the state where nobody has named one. */
  readonly state: string;
  /** How long `runs` may name an older watermark than the one that has been reached, where no row has changed; milliseconds. */
  readonly watermarkEveryMs: number;
  /** How often it may be looked at by itself, milliseconds: looking can cost money. */
  readonly lookEveryMs: number;
  /** Hours that are there already, for `--baseline trailing`: brands with at least so many views. None where there is no output yet. */
  history(minViews: number): Promise<readonly HistoryHour[]>;
  /** The directory in which a run's rows are logged: known before anything is there. */
  staging(runId: string): string;
  /**
   * Makes the output the stream's own, with all tables, enters the run in `runs`, and makes its staging directory.
   *
   * @throws {InputError} where the output can't be written, belongs to another stream or to a batch run, or lacks what the state has written before. Then it is as it was.
   */
  prepare(start: StreamStart): Promise<void>;
  /**
   * Brings logged rows into the tables, each only if it is newer than what is there, and then the run's row up to date. When the promise is kept, it is all where a crash can't undo it. Whatever a
   * flush did it may do again. Returns, per table, the rows that were written.
   */
  flush(logged: readonly LoggedRows[], flush: StreamFlush): Promise<Readonly<Record<string, number>>>;
  /**
   * Asks questions of one moment of the tables, beside flushes; from {@link prepare} to {@link close}.
   *
   * @throws {InputError} before and after, and where the output can't be read now
   */
  read<T>(questions: (store: Store) => Promise<T>): Promise<T>;
  /**
   * Gives its tables to who holds them; one at a time, the last who asks. Resolves when all rows have been given, or to false where they are too many. Left out where questions have to be put to {@link read}.
   *
   * @throws as {@link read}
   */
  hold?(holder: TableHolder): Promise<boolean>;
  /** Nobody holds the tables any more. */
  release?(): void;
  /** What the run has to say at its end; also after {@link close}. */
  summary(runId: string, run: RunMeasures): Promise<RunSummary>;
  /** Gives back what {@link prepare} has taken, however the run has ended. */
  close(): Promise<void>;
}
