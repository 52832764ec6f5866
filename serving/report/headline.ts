/** The first thing one reads: the last week against the week before it, and what the whole period came to. */

import { changeText, countText, moneyNumber, moneyText, percentText, periodText } from '../numbers';
import { conversionOf, type Funnel, rate, sumOf } from '../questions/funnel';
import type { Period } from '../questions/store';
import type { DayFunnel } from '../questions/totals';
import type { ReportData } from './gather';
import { type Html, html } from './html';

interface Figure {
  readonly name: string;
  readonly of: (funnel: Funnel) => number | null;
  readonly text: (funnel: Funnel) => string;
}

const FIGURES: readonly Figure[] = [
  { name: 'Revenue', of: ({ revenue }) => moneyNumber(revenue), text: ({ revenue }) => moneyText(revenue) },
  { name: 'Purchases', of: ({ purchases }) => purchases, text: ({ purchases }) => countText(purchases) },
  { name: 'Views', of: ({ views }) => views, text: ({ views }) => countText(views) },
  { name: 'Carts', of: ({ carts }) => carts, text: ({ carts }) => countText(carts) },
  { name: 'Conversion', of: conversionOf, text: (funnel) => percentText(conversionOf(funnel)) },
];

/** The sum of the days that lie in the period. */
export function sumWithin(days: readonly DayFunnel[], { since, until }: Period): Funnel {
  return sumOf(days.filter(({ date }) => date >= since && date <= until));
}

export function headline({ period, comparison, days }: ReportData): Html | null {
  if (period === null) return null;
  const total = sumWithin(days, period);
  const shown = comparison === null ? total : sumWithin(days, comparison.latest);
  const before = comparison === null ? null : sumWithin(days, comparison.before);
  const about =
    comparison === null
      ? html`All of the period. There are not two whole days to compare.`
      : html`<b>${periodText(comparison.latest)}</b>, and the change against ${periodText(comparison.before)} (${comparison.days === 1 ? 'one day' : `${comparison.days} days`} each). Below it, the whole period.`;
  return html`<section aria-labelledby="headline"><h2 id="headline">Headline</h2><p>${about}</p>
<div class="cards">${FIGURES.map(
    ({ name, of, text }) =>
      html`<div class="card"><span>${name}</span><b>${text(shown)}</b>${before === null ? null : change(of(before), of(shown))}<small>${text(total)} in all</small></div>\n`,
  )}</div></section>
`;
}

function change(before: number | null, now: number | null): Html {
  const text = changeText(before, now);
  const way = text.startsWith('+') ? 'up' : text.startsWith('−') ? 'down' : '';
  return html`<span class="${way}">${text === '–' ? 'nothing to compare' : text}</span>`;
}

/** View → cart → purchase, over the whole period. */
export function funnelSection({ period, days }: ReportData): Html | null {
  if (period === null) return null;
  const { views, carts, purchases, removals } = sumWithin(days, period);
  const widest = Math.max(views, carts, purchases, 1);
  const step = (name: string, count: number, note: string): Html =>
    html`<li><span>${name}: <b>${countText(count)}</b> <span class="faint">${note}</span></span><i style="width:${((count / widest) * 100).toFixed(2)}%"></i></li>\n`;
  return html`<section aria-labelledby="funnel"><h2 id="funnel">Funnel</h2><ol class="funnel">
${step('Views', views, '')}${step('Carts', carts, `${percentText(rate(carts, views))} of views; ${countText(removals)} removed again`)}${step('Purchases', purchases, `${percentText(rate(purchases, carts))} of carts, ${percentText(rate(purchases, views))} of views`)}</ol></section>
`;
}
