/** Where Java leaves the model, case by case, with the right answer beside Java's: the table in docs/conformance.md. */
import type { Answer, Case, Pane } from './case_format';
import { textOf } from './compare';

/** In Markdown: a table of the cases where the model's answer is another than Java's, with the panes that differ, and the names of those where it is the same. */
export function quirkTable(cases: readonly Case[]): string {
  const same: string[] = [];
  let rows = '';
  for (const c of cases) {
    if (c.model === undefined) continue;
    const [java, model] = [lines(c), lines(c.model)];
    const [alone, instead] = [without(java, model), without(model, java)];
    if (alone === '' && instead === '') same.push(c.name);
    else rows += `| ${c.name} | ${alone} | ${instead} |\n`;
  }
  return `| case | Java alone | instead, right |\n|---|---|---|\n${rows}\nNo difference comes of it in ${same.join(', ')}.\n`;
}

function without(these: string[], those: string[]): string {
  return these.filter((line) => !those.includes(line)).join('<br>');
}

function lines({ expected, droppedDueToLateness, droppedDueToClosedWindow }: Answer): string[] {
  return [
    ...(expected as Pane[]).map((pane) => `\`${textOf(pane)}\``),
    `${droppedDueToLateness} dropped as late`,
    `${droppedDueToClosedWindow} dropped by a finished trigger`,
  ];
}
