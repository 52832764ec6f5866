/** Runs, the newest first. */
import { runs } from '../../schema/tables';
import { columnsOf, type Order, type Position, type Selected } from './selection';
import type { Store } from './store';

/** Without what may hold secrets or paths of the machine: the options, and the state's identity. */
const RUN_FIELDS = columnsOf(runs, [
  'run_id',
  'mode',
  'status',
  'input',
  'started_at',
  'finished_at',
  'watermark',
  'allowed_lateness_ms',
  'counts',
]);
export type ListedRun = Selected<typeof RUN_FIELDS>;

/** Of runs begun in the same millisecond one is always the first. */
export const RUN_ORDER: readonly Order[] = [
  { field: 'started_at', type: 'timestamp', descending: true },
  { field: 'run_id', type: 'text' },
];

/** Where a run stands in {@link RUN_ORDER}. */
export function runPosition({ started_at, run_id }: ListedRun): Position {
  return [started_at, run_id];
}

export function runList({ select }: Store, after: Position | null, most: number): Promise<ListedRun[]> {
  return select({ table: runs, where: [], fields: RUN_FIELDS, order: RUN_ORDER, after, most });
}

/** The run that was begun last; null where none ever was. */
export async function latestRun(store: Store): Promise<ListedRun | null> {
  return (await runList(store, null, 1))[0] ?? null;
}

const JUDGEMENT_FIELDS = columnsOf(runs, ['started_at', 'run_id', 'watermark', 'options']);

/** How far the run that was begun last has come, and its options; null where there is no run. */
export async function latestOptions({ select }: Store): Promise<Selected<typeof JUDGEMENT_FIELDS> | null> {
  const [run] = await select({
    table: runs,
    where: [],
    fields: JUDGEMENT_FIELDS,
    order: RUN_ORDER,
    most: 1,
  });
  return run ?? null;
}
