/** The first thing one reads: the last week against the week before it, and what the whole period came to. */

import { HEADLINE_FIGURES } from '../headline_figures';
import { changeText, countText, percentText, periodText } from '../numbers';
import { type Funnel, rate, sumOf } from '../questions/funnel';
import type { Period } from '../questions/store';
import type { DayFunnel } from '../questions/totals';
import type { ReportData } from './gather';
import { type Html, html } from './html';

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
<div class="cards">${HEADLINE_FIGURES.map(
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
