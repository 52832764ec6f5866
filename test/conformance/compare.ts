/**
 * Holds what our runner did against what a case expects: panes and side-input sightings to the last field, dropped counts, and apart from those after which event a pane came.
 */
import type { Answer, Case, Pane, Sighting } from './case_format';
import { windowingsOf } from './case_format';

/** What a run gave. */
export interface Observed {
  /** By stage; a case with side input has none. */
  readonly stages: readonly (readonly Pane[])[];
  readonly sightings: readonly Sighting[];
  readonly droppedDueToLateness: number;
  readonly droppedDueToClosedWindow: number;
}

export interface Difference {
  /** What differs, in one line each; nothing means that the case is passed. */
  readonly problems: readonly string[];
  /** Panes that came after another event than expected. */
  readonly misplaced: readonly string[];
  /** What was not held against it, and why. */
  readonly allowances: readonly string[];
}

type Row = Pane | Sighting;

/** The answer a case is held against: the model's where Java is known to leave it. */
export function answerOf(c: Case): Answer {
  return c.model ?? c;
}

/** Compares a run with its case. Where the case only has Java's answer to something that Java does wrong, values alone are compared. */
export function compare(c: Case, observed: Observed): Difference {
  const answer = answerOf(c);
  const strict = against(c, answer, observed);
  const wrongByJava = (c.quirks ?? []).find((quirk) => quirk !== 'empty-on-time-by-another-timer');
  if (strict.problems.length === 0 || c.model !== undefined || wrongByJava === undefined) return strict;
  return byValues(c, observed, wrongByJava);
}

function against(c: Case, answer: Answer, observed: Observed): Difference {
  const problems: string[] = [];
  const misplaced: string[] = [];
  const allowances: string[] = [];
  const rows = c.kind === 'sideInput' ? [observed.sightings] : observed.stages;
  const wanted = answer.expectedStages ?? [answer.expected ?? []];
  if (rows.length !== wanted.length) problems.push(`${rows.length} stages instead of ${wanted.length}`);
  for (const [stage, expected] of wanted.entries()) {
    const where = wanted.length > 1 ? `stage ${stage}: ` : '';
    const found = compareRows(c, expected, rows[stage] ?? []);
    problems.push(...found.problems.map((line) => where + line));
    misplaced.push(...found.misplaced.map((line) => where + line));
    allowances.push(...found.allowances.map((line) => where + line));
  }
  for (const count of ['droppedDueToLateness', 'droppedDueToClosedWindow'] as const) {
    const expected = answer[count];
    if (expected !== undefined && expected !== observed[count])
      problems.push(`${count} is ${observed[count]} instead of ${expected}`);
  }
  return { problems, misplaced, allowances };
}

function compareRows(c: Case, expected: readonly Row[], actual: readonly Row[]): Difference {
  const exact = rowByRow(c, inOrder(expected), inOrder(actual));
  const optional = optionalPane(c);
  if (exact.problems.length === 0 || optional === undefined) return exact;
  const loose = rowByRow(c, without(optional, expected as Pane[]), without(optional, actual as Pane[]));
  if (loose.problems.length > 0) return exact;
  return { ...loose, allowances: [...loose.allowances, 'an empty on-time pane more or less'] };
}

function rowByRow(c: Case, expected: readonly Row[], actual: readonly Row[]): Difference {
  const problems: string[] = [];
  const misplaced: string[] = [];
  const allowances: string[] = [];
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    const [want, have] = [expected[i], actual[i]];
    if (want === undefined || have === undefined) {
      problems.push(want ? `missing: ${textOf(want)}` : `too much: ${textOf(have)}`);
      continue;
    }
    const fields = Object.keys(want).filter(
      (field) =>
        field !== 'afterEvent' && canonical(want[field as never]) !== canonical(have[field as never]),
    );
    const lateForOnTime =
      c.unstable !== undefined &&
      String(fields) === 'timing' &&
      (want as Pane).timing === 'ON_TIME' &&
      (have as Pane).timing === 'LATE';
    if (lateForOnTime) allowances.push('LATE for ON_TIME');
    else if (fields.length > 0)
      problems.push(`${fields.join(', ')}: ${textOf(have)} instead of ${textOf(want)}`);
    else if (have.afterEvent !== undefined && want.afterEvent !== undefined) {
      if (have.afterEvent !== want.afterEvent)
        misplaced.push(`after event ${have.afterEvent} instead of ${want.afterEvent}: ${textOf(want)}`);
    }
  }
  return { problems, misplaced, allowances };
}

/** Which panes may be there or not: empty on-time ones that another timer brings about, or that a race of Java's threads does. */
function optionalPane(c: Case): ((pane: Pane, before: Pane | undefined) => boolean) | undefined {
  const raced = c.unstable !== undefined;
  const another = (c.quirks ?? []).includes('empty-on-time-by-another-timer');
  if (!raced && !another) return undefined;
  return (pane, before) =>
    pane.timing === 'ON_TIME' &&
    (raced || pane.isLast) &&
    before !== undefined &&
    (pane.values.length === 0 || (accumulates(c) && String(pane.values) === String(before.values)));
}

/** The panes without the optional ones; those behind one move up. */
function without(
  optional: (pane: Pane, before: Pane | undefined) => boolean,
  panes: readonly Pane[],
): Pane[] {
  const kept: Pane[] = [];
  let removed = 0;
  let before: Pane | undefined;
  for (const pane of inOrder(panes) as Pane[]) {
    if (before === undefined || canonical(groupOf(before)) !== canonical(groupOf(pane))) {
      before = undefined;
      removed = 0;
    }
    if (optional(pane, before)) {
      removed++;
    } else if (removed > 0) {
      kept.push({ ...pane, index: pane.index - removed, onTimeIndex: pane.onTimeIndex - removed });
    } else {
      kept.push(pane);
    }
    before = pane;
  }
  return kept;
}

/** What holds however triggers fire: which values come out of a window, and how many are dropped. */
function byValues(c: Case, observed: Observed, quirk: string): Difference {
  const allowances = [`Java leaves the model (${quirk}): values only`];
  if (quirk === 'negative-timestamp-window') return { problems: [], misplaced: [], allowances };
  const problems: string[] = [];
  if (c.kind === undefined && c.droppedDueToLateness !== observed.droppedDueToLateness) {
    const { droppedDueToLateness } = observed;
    problems.push(`droppedDueToLateness is ${droppedDueToLateness} instead of ${c.droppedDueToLateness}`);
  }
  // What finished triggers keep out depends on when they finish.
  if (c.droppedDueToClosedWindow !== 0 || observed.droppedDueToClosedWindow !== 0)
    return { problems, misplaced: [], allowances };
  const wanted = c.expectedStages ?? [(c.expected ?? []) as Pane[]];
  for (const [stage, expected] of wanted.entries()) {
    const want = canonical(valuesOf(c, expected));
    const have = canonical(valuesOf(c, observed.stages[stage] ?? []));
    if (want !== have) problems.push(`stage ${stage} holds the values ${have} instead of ${want}`);
  }
  return { problems, misplaced: [], allowances };
}

/** All values by key and window, each once where panes accumulate; sessions that merge at another moment have other windows. */
function valuesOf(c: Case, panes: readonly Pane[]): Record<string, number[]> {
  const sessions = windowingsOf(c).some(({ fn }) => fn?.type === 'sessions');
  const all: Record<string, number[]> = {};
  for (const { key, window, values } of panes) {
    const group = sessions ? key : `${key} ${window}`;
    all[group] = [...(all[group] ?? []), ...values];
  }
  for (const [group, values] of Object.entries(all))
    all[group] = (accumulates(c) ? [...new Set(values)] : values).sort((a, b) => a - b);
  return all;
}

function accumulates(c: Case): boolean {
  return windowingsOf(c).some(({ accumulation }) => accumulation === 'accumulating');
}

/** By key, window, index and the rest, the event last: that one may differ. */
function inOrder(rows: readonly Row[]): Row[] {
  return [...rows].sort(
    (a, b) =>
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) ||
      edge(a, 0) - edge(b, 0) ||
      edge(a, 1) - edge(b, 1) ||
      ((a as Pane).index ?? 0) - ((b as Pane).index ?? 0) ||
      ((a as Sighting).value ?? 0) - ((b as Sighting).value ?? 0) ||
      textOf(a).localeCompare(textOf(b)) ||
      (a.afterEvent ?? 0) - (b.afterEvent ?? 0),
  );
}

function edge({ window }: Row, which: 0 | 1): number {
  if (window === 'global') return 0;
  const time = window[which];
  return typeof time === 'number' ? time : time === 'MIN' ? -Infinity : Infinity;
}

function groupOf({ key, window }: Pane): unknown {
  return [key, window];
}

/** JSON with the fields of objects in order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** A pane or sighting in one line. */
export function textOf(row: Row): string {
  const window = row.window === 'global' ? 'global' : `[${row.window.join(', ')})`;
  if ('side' in row)
    return `${row.key} ${row.value} ${window} at ${row.timestamp} sees ${JSON.stringify(row.side)}`;
  const { key, values, timestamp, timing, index, onTimeIndex, isFirst, isLast } = row;
  const ends = `${isFirst ? ' first' : ''}${isLast ? ' last' : ''}`;
  return `${key} ${window} [${values.join(' ')}] at ${timestamp} ${timing} #${index}/${onTimeIndex}${ends}`;
}
