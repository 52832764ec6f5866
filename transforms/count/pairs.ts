/**
 * Pairs of brand and category code by their UTF-8 bytes, decoded once for all the hours that they come in.
 */
import { UNKNOWN } from '../../schema/events';
import { ByteDictionary } from '../clean/byte_dictionary';
import { type EventBatch, PAIR_SEPARATOR } from '../clean/event_batch';
import { categoryRoot } from '../clean/normalise';

/** A brand or a category code. */
export interface Name {
  /** One character a byte: compares as the bytes do. */
  readonly latin1: string;
  /** What rows show: the text, or `unknown` for none; of a category code its root. */
  readonly shown: string;
}

export interface Pair {
  /** The pair's bytes as in a batch, one character a byte: equal for equal pairs alone. */
  readonly key: string;
  readonly brand: Name;
  readonly category: Name;
}

/** Pairs that are remembered; beyond it the dictionary begins anew, which costs only time. */
const MAX_PAIRS = 1 << 18;

let dictionary = new ByteDictionary();
let known: Pair[] = [];

/** A pair of a batch: the same object for the same bytes, unless very many others came between. */
export function pairOf(batch: EventBatch, pair: number): Pair {
  if (known.length >= MAX_PAIRS) {
    dictionary = new ByteDictionary();
    known = [];
  }
  const { bytes, view } = batch;
  const start = batch.pairStart(pair);
  const end = batch.pairStart(pair + 1);
  const number = dictionary.intern(bytes, view, start, end);
  if (number === known.length) known.push(decodePair(Buffer.from(bytes.subarray(start, end))));
  return known[number];
}

function decodePair(bytes: Buffer): Pair {
  const separator = bytes.indexOf(PAIR_SEPARATOR);
  const category = bytes.subarray(separator + 1);
  return {
    key: bytes.toString('latin1'),
    brand: name(bytes.subarray(0, separator), (text) => text),
    category: name(category, categoryRoot),
  };
}

function name(bytes: Buffer, show: (text: string) => string): Name {
  return { latin1: bytes.toString('latin1'), shown: show(bytes.toString('utf8')) || UNKNOWN };
}
