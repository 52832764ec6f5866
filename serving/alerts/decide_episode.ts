/** What to tell of one episode: as it is now, and as it was told. */
import type { AlertKind, AlertStatement, EpisodeFacts, EpisodeStatus } from '../../schema/alert';
import type { JudgedHour } from '../questions/anomalous_hours';
import type { DecideRules } from './decide';
import { type Episode, hoursSince, isOver, SILENCE_MS, united } from './episodes';
import type { Look } from './look';
import type { ToldEpisode } from './told';

/** It is told of again when its hours, or its revenue at risk, are so many times what was told last: after 1, 2, 4, 8, … hours, never every hour. */
export const WORSE_BY = 2;

export interface EpisodeCase {
  readonly brand: string;
  readonly detector: string;
  readonly type: string;
  /** What there is of it now: more than one where later data have healed hours in its middle. */
  readonly parts: readonly Episode[];
  /** As which it was told: more than one where later data have filled the hours between. */
  readonly known: readonly ToldEpisode[];
  /** Judged hours of the brand, in order. */
  readonly judged: readonly JudgedHour[];
  readonly seen: Look;
  readonly rules: DecideRules;
  readonly newId: () => string;
}

export interface EpisodeDecision {
  readonly statements: readonly AlertStatement[];
  readonly told: readonly ToldEpisode[];
}

const NOTHING: EpisodeDecision = { statements: [], told: [] };

export function decideEpisode(of: EpisodeCase): EpisodeDecision {
  const { parts, known, seen } = of;
  // A look at an earlier time than the last one's.
  if (known.some(({ closed }) => closed > seen.closed)) return { statements: [], told: known };
  if (known.length === 0) return detected(of, parts.reduce(united));
  const [survivor, ...absorbed] = [...known].sort(bySurvival);
  if (parts.length === 0) return withoutHours(of, survivor);
  const now = parts.reduce(united);
  const followed = withHours(of, survivor, now);
  // The others are part of it from now on; one that is still open has to be closed.
  const ended = absorbed
    .filter(({ status }) => status === 'open')
    .map((episode) => statement(of, 'recovered', 'recovered', episode, now));
  return { statements: [...ended, ...followed.statements], told: followed.told };
}

/** Which of several goes on: one that is open, or else was no mistake, or else is the latest. */
function bySurvival(a: ToldEpisode, b: ToldEpisode): number {
  const rank = ({ status }: ToldEpisode): number => ['open', 'recovered', 'retracted'].indexOf(status);
  return rank(a) - rank(b) || b.from - a.from || b.to - a.to;
}

function detected(of: EpisodeCase, now: Episode): EpisodeDecision {
  if (!isToldOf(of, now)) return NOTHING;
  const { brand, detector, type, newId } = of;
  const fresh: ToldEpisode = {
    ...{ id: newId(), brand, detector, type, status: 'open', hours: 0, revenueAtRisk: null },
    ...{ statements: 0, from: now.from, to: now.to, closed: of.seen.closed },
  };
  return tell(of, 'detected', statusOf(of, now), fresh, now);
}

function withHours(of: EpisodeCase, told: ToldEpisode, now: Episode): EpisodeDecision {
  const status = statusOf(of, now);
  if (told.status === 'retracted')
    return isToldOf(of, now) ? tell(of, 'reopened', status, told, now) : keep(of, told, now);
  if (told.status === 'open' && status === 'recovered') return tell(of, 'recovered', status, told, now);
  if (told.status === 'recovered' && status === 'open') return tell(of, 'reopened', status, told, now);
  return isWorse(told, now) ? tell(of, 'worsened', status, told, now) : keep(of, told, now);
}

/** None of its hours is anomalous any more, or the tables don't reach back to them. */
function withoutHours(of: EpisodeCase, told: ToldEpisode): EpisodeDecision {
  if (told.status === 'retracted') return keep(of, told, null);
  if (told.from >= of.seen.from) return tell(of, 'retracted', 'retracted', told, asTold(of, told));
  const isEnded = told.status === 'open' && isOver(told.to, of.judged, of.seen.closed);
  return isEnded ? tell(of, 'recovered', 'recovered', told, asTold(of, told)) : keep(of, told, null);
}

function isToldOf({ rules }: EpisodeCase, now: Episode): boolean {
  return now.to > rules.since && size(now.revenueAtRisk) >= rules.minRevenueAtRisk;
}

function statusOf({ judged, seen }: EpisodeCase, now: Episode): EpisodeStatus {
  return isOver(now.to, judged, seen.closed) ? 'recovered' : 'open';
}

function isWorse(told: ToldEpisode, now: Episode): boolean {
  const risk = size(told.revenueAtRisk);
  return (
    now.hours >= WORSE_BY * told.hours || (risk > 0n && size(now.revenueAtRisk) >= BigInt(WORSE_BY) * risk)
  );
}

function size(money: bigint | null): bigint {
  return money === null ? 0n : money < 0n ? -money : money;
}

function tell(
  of: EpisodeCase,
  kind: AlertKind,
  status: EpisodeStatus,
  told: ToldEpisode,
  now: Episode,
): EpisodeDecision {
  const said = statement(of, kind, status, told, now);
  const { hours, revenueAtRisk } = now;
  const known = { ...spanned(of, told, now), status, hours, revenueAtRisk, statements: said.number };
  return { statements: [said], told: [known] };
}

function keep(of: EpisodeCase, told: ToldEpisode, now: Episode | null): EpisodeDecision {
  return { statements: [], told: [spanned(of, told, now)] };
}

/** It has looked at it. All that ever was told of as one stays one, so that no hour is told of twice. */
function spanned({ known, seen }: EpisodeCase, told: ToldEpisode, now: Episode | null): ToldEpisode {
  const spans = now === null ? known : [...known, now];
  return {
    ...told,
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.max(...spans.map(({ to }) => to)),
    closed: seen.closed,
  };
}

function statement(
  { brand, detector, type, judged, seen }: EpisodeCase,
  kind: AlertKind,
  status: EpisodeStatus,
  { id, statements }: ToldEpisode,
  now: Episode,
): AlertStatement {
  const later = hoursSince(now.to, judged, Math.min(seen.closed, now.to + SILENCE_MS));
  const since = { hours: later.length, ...sums(later) };
  const episode: EpisodeFacts = { id, status, brand, detector, type, ...now, since };
  return { kind, number: statements + 1, episode };
}

/** An episode of which there are no anomalous hours to be seen: as it was told, with what its hours have now, where they are judged. */
function asTold({ judged }: EpisodeCase, told: ToldEpisode): Episode {
  const { from, to, hours, revenueAtRisk } = told;
  const within = sums(hoursSince(from, judged, to));
  return { from, to, hours, revenueAtRisk, ...within, expectedPurchases: null, z: 0 };
}

function sums(hours: readonly JudgedHour[]): { views: number; purchases: number } {
  return hours.reduce(
    (sum, hour) => ({ views: sum.views + hour.views, purchases: sum.purchases + hour.purchases }),
    { views: 0, purchases: 0 },
  );
}
