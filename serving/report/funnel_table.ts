/** Tables of the funnel. */

import { countText, moneyText, percentText } from '../numbers';
import { conversionOf, type Funnel, rate } from '../questions/funnel';
import { type Content, type Html, html } from './html';

export interface FunnelLine {
  readonly name: string;
  readonly funnel: Funnel;
}

/** A table with a row per line. @param of what the lines are, the title of the first column */
export function funnelTable(of: string, lines: readonly FunnelLine[]): Html {
  return table(
    [of, 'Views', 'Carts', 'Purchases', 'Revenue', 'View to cart', 'Conversion'],
    lines.map(({ name, funnel }) => [
      ...[name, countText(funnel.views), countText(funnel.carts), countText(funnel.purchases)],
      ...[moneyText(funnel.revenue), percentText(rate(funnel.carts, funnel.views))],
      percentText(conversionOf(funnel)),
    ]),
  );
}

/** A table whose rows are named by their first cell. */
export function table(titles: readonly string[], rows: readonly (readonly Content[])[]): Html {
  return html`<div class="scroll" tabindex="0"><table><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>
${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}
