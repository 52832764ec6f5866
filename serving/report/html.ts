/** HTML that can't be broken by data: whatever is put into {@link html} is escaped, but for what {@link html} itself has made. */
import { wholeText } from '../whole_text';

/** Markup that may stand in a page as it is. Only this module and what draws charts make it. */
export class Html {
  constructor(readonly markup: string) {}
  toString(): string {
    return this.markup;
  }
}

export type Content = Html | string | number | null | readonly Content[];

/**
 * Markup with values in it. Values may stand where text may, and within quoted attributes; not in tags' names, scripts or styles.
 *
 * @example html`<td title="${brand}">${brand}</td>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, i) => (i === 0 ? part : markupOf(values[i - 1]) + part)).join(''));
}

function markupOf(value: Content): string {
  if (value === null) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(markupOf).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as markup, in content or in a quoted attribute. What HTML can't hold (control characters, halves of surrogate pairs) becomes the replacement character. */
export function escapeText(text: string): string {
  return wholeText(text).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}
