/** The order of an answer as numbers: fields whose values are few enough to be counted share one, so that most rows are put in order by a single comparison. */
import type { Position } from '../questions/selection';
import { type AnswerField, keyOfValue } from './answer_field';
import { isSafe } from './money_column';
import { grown } from './number_column';

export interface OrderedField {
  readonly field: AnswerField;
  readonly sign: 1 | -1;
}

/** Somewhere in the order: a key by chunk, and the exact amount where the key is none. */
export interface Place {
  readonly keys: readonly number[];
  readonly amounts: readonly (bigint | null)[];
}

/** A field whose keys are digits: 1 for the first, one more than there are for what has no value. */
interface Digit extends OrderedField {
  readonly first: number;
  readonly unit: number;
  readonly values: number;
}

/** Fields that share a key, or one alone whose own keys are taken. */
type Chunk =
  | { readonly digits: Digit[]; keys: number; readonly raw: null }
  | { readonly digits: null; readonly raw: OrderedField };

/** Keys are whole and less than this, so that there is a number between any two. */
const MOST_KEYS = 2 ** 52;

export class OrderKeys {
  private readonly chunks: Chunk[] = [];
  private scratch = new Float64Array(0);

  constructor(order: readonly OrderedField[]) {
    for (const each of order) {
      const digit = digitOf(each);
      const last = this.chunks.at(-1);
      if (digit === null) this.chunks.push({ digits: null, raw: each });
      else if (last !== undefined && last.digits !== null && last.keys * (digit.values + 2) < MOST_KEYS) {
        last.digits.push(digit);
        last.keys *= digit.values + 2;
      } else this.chunks.push({ digits: [digit], keys: digit.values + 2, raw: null });
    }
  }

  /** Numbers that a row's place takes. */
  get count(): number {
    return this.chunks.length;
  }

  /** How many keys there are, if one alone says all; infinite otherwise. */
  get most(): number {
    const [only, more] = this.chunks;
    return more === undefined && only?.digits ? only.keys : Number.POSITIVE_INFINITY;
  }

  /** By chunk, the keys of rows of a partition. */
  fill(part: number, rows: Int32Array, count: number, keys: readonly Float64Array[]): void {
    this.scratch = grown(this.scratch, count);
    const { scratch } = this;
    this.chunks.forEach(({ digits, raw }, c) => {
      const out = keys[c];
      if (raw !== null) raw.field.keys(part, rows, count, raw.sign, out);
      else
        digits.forEach(({ field, sign, first, unit, values }, d) => {
          if (d === 0) out.fill(0, 0, count);
          field.keys(part, rows, count, sign, scratch);
          for (let i = 0; i < count; i++) {
            const key = scratch[i];
            out[i] =
              out[i] * (values + 2) +
              (key === Number.POSITIVE_INFINITY ? values + 1 : (key - first) / unit + 1);
          }
        });
    });
  }

  /** The amount that a key of a chunk is not exact for; null where it is. */
  amountAt(chunk: number, key: number, part: number, row: number): bigint | null {
    const { raw } = this.chunks[chunk];
    if (raw === null || raw.field.type !== 'money' || isSafe(key) || key === Number.POSITIVE_INFINITY)
      return null;
    return raw.field.valueAt(part, row) as bigint;
  }

  /** The order of two amounts whose keys are the same. */
  compareAmounts(chunk: number, a: bigint | null, b: bigint | null): number {
    if (a === null || b === null || a === b) return 0;
    return (a < b ? -1 : 1) * (this.chunks[chunk].raw?.sign ?? 1);
  }

  placeOf(position: Position): Place {
    let f = 0;
    const places = this.chunks.map(({ digits, raw }): [number, bigint | null] => {
      if (raw !== null) {
        const value = position[f++];
        return [keyOf(raw, value), typeof value === 'bigint' ? value : null];
      }
      const values = position.slice(f, f + digits.length);
      f += digits.length;
      return [keyOfDigits(digits, values), null];
    });
    return { keys: places.map(([key]) => key), amounts: places.map(([, amount]) => amount) };
  }
}

function digitOf(ordered: OrderedField): Digit | null {
  const span = ordered.field.span();
  if (span === null) return null;
  const { least, most, unit } = span;
  const values = least > most ? 0 : (most - least) / unit + 1;
  return values + 2 < MOST_KEYS
    ? { ...ordered, first: ordered.sign > 0 ? least : -most, unit, values }
    : null;
}

function keyOf({ field, sign }: OrderedField, value: Position[number]): number {
  return value === null ? Number.POSITIVE_INFINITY : sign * keyOfValue(field, value);
}

/** A value that no row has is between two keys, whatever the fields behind it say. */
function keyOfDigits(digits: readonly Digit[], values: Position): number {
  let key = 0;
  for (let d = 0; d < digits.length; d++) {
    const { first, unit, values: all } = digits[d];
    const own = keyOf(digits[d], values[d]);
    const digit = own === Number.POSITIVE_INFINITY ? all + 1 : (own - first) / unit + 1;
    const within = own === Number.POSITIVE_INFINITY ? digit : Math.min(Math.max(digit, 0.5), all + 0.5);
    key = key * (all + 2) + Math.floor(within);
    if (within === Math.floor(within)) continue;
    return (key + 1) * digits.slice(d + 1).reduce((product, { values }) => product * (values + 2), 1) - 0.5;
  }
  return key;
}
