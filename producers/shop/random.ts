/**
 * The generator's randomness: 32-bit integers only, so that a seed gives the same shop on every machine and Node version.
 *
 * - `Random` is xoshiro128** 1.1 (D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47:4, 2021).
 * - `mix32` is the finaliser of MurmurHash3 (A. Appleby, public domain): a bijection of 32-bit integers; it seeds and makes ids.
 * - `Weyl` is the additive recurrence of the golden ratio: it spreads its values evenly, where chance alone would clump them.
 */

/** Looked up once: in a sandboxed context (jest) a look-up of `Math` costs more than what is computed. */
const { imul } = Math;

/** 2^32 divided by the golden ratio, to the nearest odd integer. */
const GOLDEN = 0x9e3779b9 | 0;

/** Spreads the bits of a 32-bit integer; a bijection. The result is signed. */
export function mix32(value: number): number {
  let h = value | 0;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** xoshiro128**. Streams of one seed with different labels are independent for all this generator cares. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed integer from 0 to 2^53 − 1; @param stream small integer that names what the numbers are for */
  constructor(seed: number, stream: number) {
    const low = seed | 0;
    const high = Math.floor(seed / 4294967296) | 0;
    let state = mix32(low ^ mix32(high ^ mix32(stream + GOLDEN)));
    const word = () => {
      state = (state + GOLDEN) | 0;
      return mix32(state);
    };
    this.a = word();
    this.b = word();
    this.c = word();
    this.d = word() | 1;
  }

  /** The next 32 bits, as a signed integer. */
  next(): number {
    const { a, b, c, d } = this;
    const scaled = imul(b, 5);
    const result = imul((scaled << 7) | (scaled >>> 25), 9);
    const c1 = c ^ a;
    const d1 = d ^ b;
    this.b = b ^ c1;
    this.a = a ^ d1;
    this.c = c1 ^ (b << 9);
    this.d = (d1 << 11) | (d1 >>> 21);
    return result;
  }

  /** An integer from 0 to n − 1, for n from 1 to 65,536. */
  below(n: number): number {
    return ((this.next() >>> 16) * n) >>> 16;
  }

  /** Shuffles in place (Fisher and Yates), up to 65,536 items. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}

/** An evenly spread sequence: of any n values in a row, each interval of the range gets its share give or take one or two. */
export class Weyl {
  constructor(private value: number) {}

  /** The next 32 bits, as a signed integer. */
  next(): number {
    this.value = (this.value + GOLDEN) | 0;
    return this.value;
  }
}

/** Cuts `total` in whole parts proportional to `weights`; the parts add up exactly. Weights are integers, total × their sum is below 2^53. */
export function apportion(weights: readonly number[], total: number): number[] {
  let sum = 0;
  for (const weight of weights) sum += weight;
  let seen = 0;
  let given = 0;
  return weights.map((weight) => {
    seen += weight;
    const upTo = Math.floor((total * seen) / sum);
    const part = upTo - given;
    given = upTo;
    return part;
  });
}
