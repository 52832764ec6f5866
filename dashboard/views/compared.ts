/** Sums over a period, and over the days that are compared. */
import { type Comparison as ComparedDays, comparedPeriods } from '../../serving/periods';
import { type Funnel, sumOf } from '../../serving/questions/funnel';
import type { Period } from '../../serving/questions/store';
import type { DayFunnel } from '../../serving/questions/totals';
import type { Coverage } from '../api';
import { countDays, earlier } from '../period';

export interface Sums {
  /** Over the whole period. */
  readonly total: Funnel;
  /** Its last whole days, and as many before them; null where there are not two whole days. */
  readonly comparison: (ComparedDays & { readonly sumNow: Funnel; readonly sumBefore: Funnel }) | null;
}

/** The days that are needed, and what comes of them. */
export interface Comparing {
  readonly needed: Period;
  readonly sums: (days: readonly DayFunnel[]) => Sums;
}

/** As many days as the period has are compared with those before it, or half of what is covered where that is less. */
export function comparing({ days: covered, run }: Coverage, period: Period): Comparing {
  const compared = comparedPeriods(covered ?? period, period, run?.watermark ?? null, countDays(period));
  const first = compared?.before.since ?? period.since;
  return {
    needed: { since: earlier(first, period.since), until: period.until },
    sums: (days) => ({
      total: sumWithin(days, period),
      comparison:
        compared === null
          ? null
          : {
              ...compared,
              sumNow: sumWithin(days, compared.latest),
              sumBefore: sumWithin(days, compared.before),
            },
    }),
  };
}

function sumWithin(days: readonly DayFunnel[], { since, until }: Period): Funnel {
  return sumOf(days.filter(({ date }) => date >= since && date <= until));
}
