/** What an output covers. */
import { goldFunnelDailyBrand } from '../../schema/tables';
import { leastOf, mostOf } from './selection';
import type { Period, Store } from './store';

const DAY_FIELDS = {
  since: leastOf('date', 'date', 'First day'),
  until: mostOf('date', 'date', 'Last day'),
};

/** The first and the last day with events; null where there is none. */
export async function daysCovered({ select }: Store): Promise<Period | null> {
  const [days] = await select({ table: goldFunnelDailyBrand, where: [], fields: DAY_FIELDS, by: [] });
  return days === undefined || days.since === null || days.until === null
    ? null
    : { since: days.since, until: days.until };
}
