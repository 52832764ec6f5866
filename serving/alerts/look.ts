/** One look at the tables: all that is needed to decide what to tell. */
import { DAY_MS } from '../../schema/events';
import {
  type AnomalousHour,
  anomalousHours,
  hoursCovered,
  type JudgedHour,
  judgedHours,
  lastJudgement,
} from '../questions/anomalous_hours';
import type { Store } from '../questions/store';
import type { ToldEpisode } from './told';

export interface Look {
  /** Anomalies from here on are in it. */
  readonly from: number;
  /** Hours that ended by then are closed: the watermark has passed them, and there are events as late as that. */
  readonly closed: number;
  /** Anomalous hours that are closed, in order. */
  readonly anomalous: readonly AnomalousHour[];
  /** Judged hours of these brands, and of those that were told of and not taken back, in order. */
  readonly judged: readonly JudgedHour[];
}

export interface LookOptions {
  /** Start of the first hour to look at, milliseconds since 1970. */
  readonly from: number;
  /** Nothing that ended later is looked at; null for no such limit. */
  readonly until: number | null;
}

/** An episode that began before what one looks at is known whole. */
export const LEAD_MS = DAY_MS;

/** Looks at the tables. Null where there is nothing yet: no run, no watermark, no finished hour. */
export async function look(
  store: Store,
  { from, until }: LookOptions,
  told: readonly ToldEpisode[],
): Promise<Look | null> {
  const run = await lastJudgement(store);
  const covered = await hoursCovered(store);
  if (run === null || covered === null) return null;
  // A finished run's watermark is beyond all hours. Hours without any event have not recovered.
  const closed = Math.min(run.watermark ?? covered.to, covered.to, until ?? covered.to);
  const open = told.filter(({ status }) => status === 'open');
  const first = Math.max(
    covered.from,
    open.reduce((least, episode) => Math.min(least, episode.from), from),
  );
  const anomalous = (await anomalousHours(store, first)).filter((hour) => hour.window_end <= closed);
  const standing = told.filter(({ status, to }) => status !== 'retracted' && to > first);
  const brands = new Set([...anomalous, ...standing].map(({ brand }) => brand));
  const judged = await judgedHours(store, [...brands], first, run.minViews);
  return { from: first, closed, anomalous, judged };
}
