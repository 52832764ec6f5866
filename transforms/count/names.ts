/**
 * Brands and category codes by their UTF-8 bytes, decoded once for all the hours that they come in.
 */
import { UNKNOWN } from '../../schema/events';
import { ByteDictionary } from '../clean/byte_dictionary';
import { categoryRoot } from '../clean/normalise';

/** A brand or a category code. */
export interface Name {
  /** One character a byte: compares as the bytes do. */
  readonly latin1: string;
  /** What rows show: the text, or `unknown` for none. */
  readonly shown: string;
}

/** Names that are remembered; beyond it the dictionary begins anew, which costs only time. */
const MAX_NAMES = 1 << 18;
const SLACK = 4;

/** One kind of names. */
export class Names {
  private dictionary = new ByteDictionary();
  private known: Name[] = [];
  private padded = new Uint8Array(256);
  private view = new DataView(this.padded.buffer);

  /** `show`: what rows show of a text; empty for none. */
  constructor(private readonly show: (text: string) => string) {}

  /** The name of some bytes: the same object for the same bytes, unless very many others came between. */
  of(bytes: Uint8Array): Name {
    if (bytes.length + SLACK > this.padded.length) {
      this.padded = new Uint8Array(bytes.length * 2 + SLACK);
      this.view = new DataView(this.padded.buffer);
    }
    this.padded.set(bytes);
    if (this.known.length >= MAX_NAMES) {
      this.dictionary = new ByteDictionary();
      this.known = [];
    }
    const number = this.dictionary.intern(this.padded, this.view, 0, bytes.length);
    if (number === this.known.length) {
      const buffer = Buffer.from(bytes);
      this.known.push({
        latin1: buffer.toString('latin1'),
        shown: this.show(buffer.toString('utf8')) || UNKNOWN,
      });
    }
    return this.known[number];
  }
}

/** Brands, shown as they are. */
export const brandNames = new Names((text) => text);
/** Category codes, shown as their roots. */
export const categoryNames = new Names(categoryRoot);
