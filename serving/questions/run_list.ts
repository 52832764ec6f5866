/** Runs, the newest first. */
import type { Answer } from '../../schema/question';
import { runs } from '../../schema/tables';
import { behind, type OrderColumn, orderBy, type Position } from './paging';
import type { Store } from './store';

const { run_id, mode, input, counts, watermark, allowed_lateness_ms, status, started_at, finished_at } =
  runs.columns;
/** Without what may hold secrets or paths of the machine: the options, and the state's identity. */
const COLUMNS = {
  ...{ run_id, mode, status, input, started_at, finished_at, watermark, allowed_lateness_ms, counts },
};
export type ListedRun = Answer<typeof COLUMNS>;

export const RUN_ORDER: readonly OrderColumn[] = [
  { expression: 'started_at', type: 'timestamp', descending: true },
  { expression: 'run_id', type: 'text' },
];

/** Where a run stands in {@link RUN_ORDER}. */
export function runPosition({ started_at, run_id }: ListedRun): Position {
  return [started_at, run_id];
}

export function runList({ ask, dialect }: Store, after: Position | null, most: number): Promise<ListedRun[]> {
  const page = behind(dialect, RUN_ORDER, after);
  return ask({
    sql: `SELECT ${Object.keys(COLUMNS).map(dialect.column).join(', ')} FROM ${dialect.table(runs.name)} WHERE ${page.sql} ${orderBy(RUN_ORDER)} LIMIT ${dialect.parameter('most')}`,
    parameters: { ...page.parameters, most },
    columns: COLUMNS,
  });
}
