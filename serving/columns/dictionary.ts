/** The texts of a column, each once, by number: rows hold numbers. A text stays when its last row goes; brands and the like come back. */
import { compareTexts } from './text_order';

/** The code of a row without a text. */
export const NO_TEXT = -1;
/** What {@link Dictionary.find} gives for a text that no row ever had. */
export const UNKNOWN_TEXT = -2;

export class Dictionary {
  readonly texts: string[] = [];
  private readonly codes = new Map<string, number>();
  private characters = 0;
  /** Codes in the order of their texts, as far as they have been put in order. */
  private ordered: number[] = [];
  private places = new Int32Array(0);

  get size(): number {
    return this.texts.length;
  }

  /** The code of a text, which is given one where it has none. */
  codeOf(text: string | null): number {
    if (text === null) return NO_TEXT;
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    const code = this.texts.length;
    this.texts.push(text);
    this.codes.set(text, code);
    this.characters += text.length;
    return code;
  }

  find(text: string): number {
    return this.codes.get(text) ?? UNKNOWN_TEXT;
  }

  textOf(code: number): string | null {
    return code === NO_TEXT ? null : this.texts[code];
  }

  /** By code, the place of each text among all, from 0. Other numbers once the dictionary has grown. */
  ranks(): Int32Array {
    const { size, texts } = this;
    if (this.ordered.length === size) return this.places;
    for (let code = this.ordered.length; code < size; code++) this.ordered.push(code);
    // What is in order already costs the sort little.
    this.ordered.sort((a, b) => compareTexts(texts[a], texts[b]));
    this.places = new Int32Array(size);
    this.ordered.forEach((code, place) => {
      this.places[code] = place;
    });
    return this.places;
  }

  /** Where a text stands among {@link ranks}: between two of them where no row ever had it. */
  rankOf(text: string): number {
    const ranks = this.ranks();
    const code = this.find(text);
    if (code !== UNKNOWN_TEXT) return ranks[code];
    let low = 0;
    let high = this.ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareTexts(this.texts[this.ordered[middle]], text) < 0) low = middle + 1;
      else high = middle;
    }
    return low - 0.5;
  }

  clear(): void {
    this.texts.length = 0;
    this.codes.clear();
    this.characters = 0;
    this.ordered = [];
    this.places = new Int32Array(0);
  }

  /** About so many: two per character, and what a map takes for an entry. */
  get bytes(): number {
    return 2 * this.characters + 80 * this.size;
  }
}
