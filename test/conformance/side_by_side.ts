/** What a case expects beside what came, for people. */
import type { Case, Pane, Sighting } from './case_format';
import { answerOf, textOf } from './compare';
import type { Verdict } from './run_case';

/** The case's problems, its events, and both lists of panes in two columns. */
export function explain(c: Case, verdict: Verdict): string {
  const lines = [`${c.name}: ${c.what}`, ...verdict.problems.map((line) => `  ✗ ${line}`)];
  lines.push(`  windowing ${JSON.stringify(c.windowing ?? c.stages ?? { main: c.main, side: c.side })}`);
  lines.push(...c.events.map((event, i) => `  event ${i} ${JSON.stringify(event)}`));
  if (verdict.observed === undefined) return lines.join('\n');
  const answer = answerOf(c);
  const { observed } = verdict;
  const wanted = answer.expectedStages ?? [answer.expected ?? []];
  const had = c.kind === 'sideInput' ? [observed.sightings] : observed.stages;
  for (const [stage, expected] of wanted.entries()) {
    lines.push('', ...columns(['expected', ...texts(expected)], ['came', ...texts(had[stage] ?? [])]));
  }
  for (const count of ['droppedDueToLateness', 'droppedDueToClosedWindow'] as const)
    if (answer[count] !== undefined)
      lines.push(`  ${count}: expected ${answer[count]}, came ${observed[count]}`);
  return lines.join('\n');
}

function texts(rows: readonly (Pane | Sighting)[]): string[] {
  return rows
    .map((row) => `${textOf(row)}${row.afterEvent === undefined ? '' : ` (event ${row.afterEvent})`}`)
    .sort();
}

/** Rows that both have stand beside one another. */
function columns([leftHead, ...left]: string[], [rightHead, ...right]: string[]): string[] {
  const rows: [string, string][] = [[leftHead, rightHead]];
  for (const text of [...new Set([...left, ...right])].sort()) {
    const [l, r] = [left, right].map((list) => list.filter((one) => one === text).length);
    for (let i = 0; i < Math.max(l, r); i++) rows.push([i < l ? text : '', i < r ? text : '']);
  }
  const width = Math.max(...rows.map(([text]) => text.length));
  return rows.map(([l, r]) => `  ${l.padEnd(width)} ${l === '' ? '>' : r === '' ? '<' : '|'} ${r}`.trimEnd());
}
