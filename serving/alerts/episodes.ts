/**
 * Anomalous hours → episodes: those of one brand, detector and type that belong together.
 *
 * One judged hour without anomaly between two does not end an episode, two do. At a threshold of two deviations an hour in the middle of a real incident is often just short of it; two messages for one
 * incident would be worse than hearing of its end an hour later. Hours with too few views to be judged say nothing either way: a brand that falls silent has not recovered. After a day without a judged
 * hour an episode is over all the same.
 */
import type { EpisodeFacts } from '../../schema/alert';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import type { AnomalousHour, JudgedHour } from '../questions/anomalous_hours';

/** Judged hours without anomaly, one after the other, that end an episode. */
export const QUIET_HOURS = 2;
/** Nothing is judged for so long: it is over. */
export const SILENCE_MS = DAY_MS;

/** An episode as the tables have it now: nobody has named it yet. */
export type Episode = Pick<
  EpisodeFacts,
  'from' | 'to' | 'hours' | 'views' | 'purchases' | 'expectedPurchases' | 'revenueAtRisk' | 'z'
>;

/** Episodes in the order of time. @param hours of one brand, detector and type, in order  @param judged hours of the brand, in order, anomalous or not */
export function episodesOf(hours: readonly AnomalousHour[], judged: readonly JudgedHour[]): Episode[] {
  const episodes: Episode[] = [];
  for (const hour of hours) {
    const one = episodeOf(hour);
    const last = episodes.at(-1);
    if (last !== undefined && !isOver(last.to, judged, hour.window_start))
      episodes[episodes.length - 1] = united(last, one);
    else episodes.push(one);
  }
  return episodes;
}

/** Whether an episode that ends at `to` is over, by the hours until `closed`. */
export function isOver(to: number, judged: readonly JudgedHour[], closed: number): boolean {
  if (closed - to >= SILENCE_MS) return true;
  const second = judged[firstSince(to, judged) + QUIET_HOURS - 1];
  return second !== undefined && second.window_start + HOUR_MS <= closed;
}

/** Judged hours between two times. */
export function hoursSince(to: number, judged: readonly JudgedHour[], closed: number): JudgedHour[] {
  return judged.slice(firstSince(to, judged), firstSince(closed, judged));
}

/** Place of the first judged hour that begins at `time` or later. */
function firstSince(time: number, judged: readonly JudgedHour[]): number {
  let [low, high] = [0, judged.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (judged[middle].window_start < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Two as one. */
export function united(a: Episode, b: Episode): Episode {
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    hours: a.hours + b.hours,
    views: a.views + b.views,
    purchases: a.purchases + b.purchases,
    expectedPurchases: sum(a.expectedPurchases, b.expectedPurchases, (x, y) => x + y),
    revenueAtRisk: sum(a.revenueAtRisk, b.revenueAtRisk, (x, y) => x + y),
    z: Math.abs(b.z) > Math.abs(a.z) ? b.z : a.z,
  };
}

/** What is unknown of some hours is left out of the sum. */
function sum<T>(a: T | null, b: T | null, add: (a: T, b: T) => T): T | null {
  return a === null ? b : b === null ? a : add(a, b);
}

function episodeOf(hour: AnomalousHour): Episode {
  const { window_start: from, z_brand, z_brand_hour, views, purchases } = hour;
  // The score that decided has the sign of the type; of two that have it, the larger.
  const sign = hour.anomaly_type === 'drop' ? -1 : 1;
  const z = sign * Math.max(sign * z_brand, sign * z_brand_hour);
  return {
    ...{ from, to: from + HOUR_MS, hours: 1, views, purchases, z },
    expectedPurchases: hour.expected_purchases,
    revenueAtRisk: hour.revenue_at_risk,
  };
}
