/** Sums over a period, and over the days that are compared. */
import { type Comparison, comparedPeriods } from '../../serving/periods';
import { type Funnel, sumOf } from '../../serving/questions/funnel';
import type { Period } from '../../serving/questions/store';
import type { DayFunnel } from '../../serving/questions/totals';
import type { Coverage } from '../api';
import { countDays, earlier } from '../period';

export interface Sums {
  /** Over the whole period. */
  readonly total: Funnel;
  /** Its last whole days, and as many before them; null where there are not two whole days. */
  readonly comparison: (Comparison & { readonly sumNow: Funnel; readonly sumBefore: Funnel }) | null;
}

/** As many days as the period has, and those before it; or half of what is covered where that is less. Null where there are not two whole days. */
export function comparedDays({ days: covered, run }: Coverage, period: Period): Comparison | null {
  return comparedPeriods(covered ?? period, period, run?.watermark ?? null, countDays(period));
}

/** The days that sums are made of: the period, and what it is compared with. */
export function neededDays(period: Period, compared: Comparison | null): Period {
  const first = compared?.before.since ?? period.since;
  return { since: earlier(first, period.since), until: period.until };
}

export function sumsOf(days: readonly DayFunnel[], period: Period, compared: Comparison | null): Sums {
  const comparison =
    compared === null
      ? null
      : {
          ...compared,
          sumNow: sumWithin(days, compared.latest),
          sumBefore: sumWithin(days, compared.before),
        };
  return { total: sumWithin(days, period), comparison };
}

function sumWithin(days: readonly DayFunnel[], { since, until }: Period): Funnel {
  return sumOf(days.filter(({ date }) => date >= since && date <= until));
}
