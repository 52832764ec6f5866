/** Which hours a trailing baseline holds, and how late they may come. No graph library in here: the command line asks, too. */
import { PrecedingWindow } from '../../beam/preceding_window';
import { DAY_MS, HOUR_MS } from '../../schema/events';
import { MERGE_GRACE_MS } from '../merge_grace';

/** For an hour of day D: the days D−57 to D−2, so the window that ended at D−1 00:00. */
export const TRAILING_WEEKS = new PrecedingWindow(56 * DAY_MS, DAY_MS, DAY_MS);

/** Merges between the accumulators and a trailing baseline: hours, days, weeks. */
export const TRAILING_LEVELS = 3;

/**
 * The largest lateness, in milliseconds, with which trailing baselines are complete when they are looked up, 22 hours: from D−1 00:00 to the end of the first hour of day D there are 25, and the last of
 * the merges waits three hours longer than the accumulators.
 */
export const MOST_TRAILING_LATENESS_MS = DAY_MS + HOUR_MS - TRAILING_LEVELS * MERGE_GRACE_MS;
