/** The kernel's hash against MurmurHash3_x64_128 written down plainly, in bigints, from its definition. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Hash128 } from '../../../transforms/kernel/hash128';

const MASK = (1n << 64n) - 1n;
const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & MASK;
const times = (a: bigint, b: bigint) => (a * b) & MASK;
const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;

function finalMix(k: bigint): bigint {
  const first = times(k ^ (k >> 33n), 0xff51afd7ed558ccdn);
  const second = times(first ^ (first >> 33n), 0xc4ceb9fe1a85ec53n);
  return second ^ (second >> 33n);
}

/** Both halves of the hash of some bytes. */
function murmur(bytes: Buffer, seed: number): [bigint, bigint] {
  let [h1, h2] = [BigInt(seed), BigInt(seed)];
  const whole = bytes.length & ~15;
  for (let at = 0; at < whole; at += 16) {
    const [k1, k2] = [bytes.readBigUInt64LE(at), bytes.readBigUInt64LE(at + 8)];
    h1 ^= times(rotate(times(k1, C1), 31n), C2);
    h1 = (times((rotate(h1, 27n) + h2) & MASK, 5n) + 0x52dce729n) & MASK;
    h2 ^= times(rotate(times(k2, C2), 33n), C1);
    h2 = (times((rotate(h2, 31n) + h1) & MASK, 5n) + 0x38495ab5n) & MASK;
  }
  const tail = Buffer.alloc(16);
  bytes.copy(tail, 0, whole);
  h2 ^= times(rotate(times(tail.readBigUInt64LE(8), C2), 33n), C1);
  h1 ^= times(rotate(times(tail.readBigUInt64LE(0), C1), 31n), C2);
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h1 = (h1 + h2) & MASK;
  return [h1, (h2 + h1) & MASK];
}

test('the plain hash gives the published values', () => {
  const hex = (text: string) =>
    murmur(Buffer.from(text), 0)
      .map((half) => half.toString(16).padStart(16, '0'))
      .join('');
  expect(hex('')).toBe('0'.repeat(32));
  expect(hex('hello')).toBe('cbd8a7b341bd9b025b1e906a48ae1d19');
  expect(hex('The quick brown fox jumps over the lazy dog')).toBe('e34bbc7bbc071b6c7a433ca9c49a9347');
});

const hash = new Hash128();
const hashed = (): [bigint, bigint] => {
  const half = (low: number, high: number) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return [half(hash.h1, hash.h2), half(hash.h3, hash.h4)];
};

type Part = Uint8Array | [number, number, number, number];
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.uint8Array({ maxLength: 70 }),
  fc.constantFrom(0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33).map((length) => new Uint8Array(randomBytes(length))),
  fc.tuple(int32, int32, int32, int32),
);

function padded(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((each) => {
      if (Array.isArray(each)) return Buffer.from(Int32Array.from(each).buffer);
      const whole = Buffer.alloc((each.length + 15) & ~15);
      whole.set(each);
      return whole;
    }),
  );
}

test('blocks and padded bytes hash as their concatenation', () => {
  const seed = fc.oneof(fc.nat({ max: 5 }), fc.constantFrom(2 ** 31, 2 ** 32 - 1));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), seed, fc.nat({ max: 3 }), (parts, start, offset) => {
      hash.start(start);
      for (const each of parts) {
        if (Array.isArray(each)) {
          hash.block(...each);
        } else {
          // What stands before and behind must not matter.
          const around = new Uint8Array(each.length + 40).fill(0xa5);
          around.set(each, offset);
          hash.bytes(around, offset, offset + each.length);
        }
      }
      hash.finish();
      expect(hashed()).toEqual(murmur(padded(parts), start));
    }),
    { numRuns: 1000 },
  );
});

test('long input, longer than what was reserved before', () => {
  for (const length of [4095, 4096, 4097, 100_000, 10, 300_001]) {
    const bytes = new Uint8Array(randomBytes(length));
    hash.start(7);
    hash.bytes(bytes, 0, length);
    hash.finish();
    expect(hashed()).toEqual(murmur(padded([bytes]), 7));
  }
});
