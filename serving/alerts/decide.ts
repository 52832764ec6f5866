/**
 * What to tell: a look at the tables × what has been told → new statements, and what has been told then. Pure. Looking again at the same tables tells nothing, and how often one looked while they changed
 * does not decide which hours have been told of in the end.
 */
import type { AnomalousHour, JudgedHour } from '../questions/anomalous_hours';
import { decideEpisode, type EpisodeDecision } from './decide_episode';
import { type Episode, episodesOf } from './episodes';
import type { Look } from './look';
import { seriesOf, type ToldEpisode } from './told';

export interface DecideRules {
  /** Episodes that ended by then are history: not told unless they were told of before. Milliseconds since 1970. */
  readonly since: number;
  /** Episodes with less revenue at risk, of either sign, are not told; ten-thousandths. 0 tells all, also where it is unknown. */
  readonly minRevenueAtRisk: bigint;
}

/** @param newId gives an id that no episode has had */
export function decide(
  seen: Look,
  told: readonly ToldEpisode[],
  rules: DecideRules,
  newId: () => string,
): EpisodeDecision {
  const series = new Map<string, { hours: AnomalousHour[]; told: ToldEpisode[] }>();
  const seriesAt = (key: string) => {
    const one = series.get(key) ?? { hours: [], told: [] };
    series.set(key, one);
    return one;
  };
  for (const hour of seen.anomalous)
    seriesAt(seriesOf({ ...hour, type: hour.anomaly_type ?? '' })).hours.push(hour);
  for (const episode of told) seriesAt(seriesOf(episode)).told.push(episode);
  const judged = new Map<string, JudgedHour[]>();
  for (const hour of seen.judged) {
    const ofBrand = judged.get(hour.brand) ?? [];
    if (ofBrand.push(hour) === 1) judged.set(hour.brand, ofBrand);
  }
  const decisions = [...series].flatMap(([key, { hours, told: known }]) => {
    const [brand, detector, type] = JSON.parse(key);
    const ofBrand = judged.get(brand) ?? [];
    return touching(episodesOf(hours, ofBrand), known).map((group) =>
      decideEpisode({ brand, detector, type, ...group, judged: ofBrand, seen, rules, newId }),
    );
  });
  return {
    statements: decisions.flatMap(({ statements }) => statements),
    told: decisions.flatMap((decision) => decision.told),
  };
}

interface Group {
  readonly parts: readonly Episode[];
  readonly known: readonly ToldEpisode[];
}

/** Episodes as they are now with those that were told and share hours with them, be it by way of others. What was told and has no hours left is alone. */
function touching(parts: readonly Episode[], told: readonly ToldEpisode[]): Group[] {
  const spans = [
    ...parts.map((part) => ({ from: part.from, to: part.to, part, known: null })),
    ...told.map((known) => ({ from: known.from, to: known.to, part: null, known })),
  ].sort((a, b) => a.from - b.from || a.to - b.to);
  const groups: { to: number; parts: Episode[]; known: ToldEpisode[] }[] = [];
  for (const { from, to, part, known } of spans) {
    if (from >= (groups.at(-1)?.to ?? Number.NEGATIVE_INFINITY)) groups.push({ to, parts: [], known: [] });
    const group = groups[groups.length - 1];
    group.to = Math.max(group.to, to);
    if (part !== null) group.parts.push(part);
    if (known !== null) group.known.push(known);
  }
  return groups.flatMap((group): Group[] =>
    group.parts.length === 0 ? group.known.map((known) => ({ parts: [], known: [known] })) : [group],
  );
}
