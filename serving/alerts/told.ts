/** What has been told of an episode: enough to know what is new. */
import type { EpisodeStatus } from '../../schema/alert';

export interface ToldEpisode {
  readonly id: string;
  readonly brand: string;
  readonly detector: string;
  readonly type: string;
  /** What the last message about it said. */
  readonly status: EpisodeStatus;
  readonly hours: number;
  readonly revenueAtRisk: bigint | null;
  /** How many statements there have been. */
  readonly statements: number;
  /** The hours between which it has ever lain: anomalies there belong to it. */
  readonly from: number;
  readonly to: number;
  /** Up to when hours were closed when it was last looked at: a look at an earlier time says nothing new. */
  readonly closed: number;
}

/** Of one brand, detector and type: a key for maps, whatever stands in the names. */
export function seriesOf({
  brand,
  detector,
  type,
}: Pick<ToldEpisode, 'brand' | 'detector' | 'type'>): string {
  return JSON.stringify([brand, detector, type]);
}
