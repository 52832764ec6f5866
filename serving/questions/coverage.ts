/** What an output covers, and who wrote it. */
import { nullable, required } from '../../schema/column';
import type { Answer } from '../../schema/question';
import { goldFunnelDailyBrand, runs } from '../../schema/tables';
import type { Period, Store } from './store';

const RUN_COLUMNS = {
  mode: required('text', 'batch or streaming'),
  status: required('text', 'running or done'),
  input: required('text', 'What was read'),
  watermark: nullable('timestamp', 'Everything before it is there; null = complete'),
  started_at: required('timestamp', 'Start of the run'),
};

export type ServedRun = Answer<typeof RUN_COLUMNS>;

/** The run that was begun last; null where none ever was. */
export async function latestRun({ ask, dialect }: Store): Promise<ServedRun | null> {
  const [run] = await ask({
    sql: `SELECT ${Object.keys(RUN_COLUMNS).join(', ')} FROM ${dialect.table(runs.name)} ORDER BY started_at DESC LIMIT 1`,
    parameters: {},
    columns: RUN_COLUMNS,
  });
  return run ?? null;
}

/** The first and the last day with events; null where there is none. */
export async function daysCovered({ ask, dialect }: Store): Promise<Period | null> {
  const [days] = await ask({
    sql: `SELECT MIN(date) AS since, MAX(date) AS until FROM ${dialect.table(goldFunnelDailyBrand.name)}`,
    parameters: {},
    columns: { since: nullable('date', 'First day'), until: nullable('date', 'Last day') },
  });
  return days === undefined || days.since === null || days.until === null
    ? null
    : { since: days.since, until: days.until };
}
