/** Names from the data in charts. ECharts and zrender keep things under names in plain objects, so a name of the data is made harmless, and is never a key. */
import { wholeText } from '../whole_text';
import { textOf } from './axes';
import type { Palette } from './drawing';

/** Characters of a name that have room beside a bar and in a legend. */
const DRAWN_CHARACTERS = 18;

/**
 * A text of the data as it may be drawn: one line, cut where it is long. zrender keeps what it has measured under the text itself, in a plain object, so that a brand called `__proto__` would write to every
 * object of the process; such a word gets an invisible character. ECharts' own cutting would measure parts of a text, and find that word in a longer one.
 */
export function drawable(text: string): string {
  const characters = [...wholeText(text).replace(/\s+/gu, ' ')];
  const cut =
    characters.length > DRAWN_CHARACTERS
      ? `${characters.slice(0, DRAWN_CHARACTERS - 1).join('')}…`
      : characters.join('');
  return cut in Object.prototype ? `${cut}\u2060` : cut;
}

export function legend(palette: Palette) {
  return { top: 4, right: 8, itemWidth: 32, textStyle: textOf(palette.ink, palette) };
}

/** A legend of lines whose `name` is their index: for ECharts, too, a name of the data is better no key. */
export function legendOf(names: readonly string[], palette: Palette) {
  return {
    ...legend(palette),
    data: names.map((_, i) => String(i)),
    formatter: (i: string) => drawable(names[Number(i)]),
  };
}

/** `<10` before `10-30` before `30-60` before `60+`; what is no band comes last. */
export function byPrice(a: string, b: string): number {
  const place = (band: string): number => {
    const bound = /^(<?)(\d+(?:\.\d+)?)/.exec(band);
    return bound === null ? Number.POSITIVE_INFINITY : bound[1] === '<' ? -1 : Number(bound[2]);
  };
  const [first, second] = [place(a), place(b)];
  return first === second ? (a < b ? -1 : a > b ? 1 : 0) : first - second;
}
