/** Where a batch run's tables go, whatever it is: made sure of before the run, written to by the graph's last step, read back for the summary. */
import type { RunIdentity } from '../../io/run_identity';
import type { Staged } from '../../io/staging/stage_rows';
import type { RunMeasures, RunSummary } from '../summary';

/** Which step publishes, and what it is given: plain JSON, since it travels in the graph. */
export type Publishing =
  | {
      readonly kind: 'duckdb';
      readonly options: import('../../io/duckdb/switch_tables').SwitchOptions;
    }
  | {
      readonly kind: 'bigquery';
      /** The graph is a template, of which each launch is a run of its own. */
      readonly perLaunch?: boolean;
      readonly options: import('../../io/bigquery/switch_tables').SwitchOptions;
    };

export interface BatchOutput {
  /** The output as messages name it. */
  readonly name: string;
  /** Says before the work what would make it fail after it, and keeps others away. Returns the run's staging directory. */
  prepare(runId: string, replace: boolean): Promise<string>;
  publishing(staging: string, run: RunIdentity): Publishing;
  /** How far the publishing is, in words; null where that is too quick to tell. */
  progress(staging: string): string | null;
  /** Whether the tables are this run's. */
  isPublished(runId: string): Promise<boolean>;
  summary(runId: string, run: RunMeasures): Promise<RunSummary>;
  /** A command that reads a table. */
  readonly example: string;
  /** Loads what the end of the run needs, while there is nothing else to do. */
  warmUp(): void;
  /** Gives back what {@link prepare} has taken, however the run has ended. */
  close(): Promise<void>;
}

/** Publishes without a graph, after a runner that knows no promises. */
export async function publish(staged: readonly Staged[], publishing: Publishing): Promise<void> {
  if (publishing.kind === 'duckdb') {
    const { switchTables } =
      require('../../io/duckdb/switch_tables') as typeof import('../../io/duckdb/switch_tables');
    await switchTables(staged, publishing.options);
  } else {
    const { switchTables } =
      require('../../io/bigquery/switch_tables') as typeof import('../../io/bigquery/switch_tables');
    await switchTables(staged, publishing.options);
  }
}

/** The question that {@link BatchOutput.example} asks. */
export function exampleQuery(table: string): string {
  return `SELECT brand, sum(views) AS views, sum(purchases) AS purchases, sum(revenue) AS revenue FROM ${table} GROUP BY brand ORDER BY revenue DESC LIMIT 10`;
}
