/** Numbers for byte strings and for pairs of dimensions, against maps; and batches as they are packed. */
import fc from 'fast-check';
import { CHUNK_SLACK } from '../../../schema/chunk';
import { ByteDictionary } from '../../../transforms/clean/byte_dictionary';
import { Dimensions, MAX_DIMENSIONS } from '../../../transforms/clean/dimensions';
import { EventBatch, pairText } from '../../../transforms/clean/event_batch';
import { categoryRoot, normaliseBrand, normaliseCategoryCode } from '../../../transforms/clean/normalise';
import {
  PRICE_MISSING,
  packMeta,
  priceOf,
  RECORD_WORDS,
  typeOf,
} from '../../../transforms/clean/packed_record';
import { pairOf } from '../../../transforms/count/pairs';

function padded(
  text: string | Uint8Array,
  offset = 0,
): { bytes: Uint8Array; view: DataView; start: number; end: number } {
  const content = typeof text === 'string' ? Buffer.from(text) : text;
  // What stands around must not matter.
  const bytes = new Uint8Array(offset + content.length + CHUNK_SLACK).fill(0x61);
  bytes.set(content, offset);
  return { bytes, view: new DataView(bytes.buffer), start: offset, end: offset + content.length };
}

test('byte strings are numbered in order of appearance', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 6, max: 3 }), { maxLength: 200 }),
      fc.nat({ max: 5 }),
      (all, offset) => {
        const dictionary = new ByteDictionary();
        const numbers = new Map<string, number>();
        for (const each of all) {
          const key = Buffer.from(each).toString('hex');
          if (!numbers.has(key)) numbers.set(key, numbers.size);
          const { bytes, view, start, end } = padded(each, offset);
          expect(dictionary.intern(bytes, view, start, end)).toBe(numbers.get(key));
        }
        expect(dictionary.size).toBe(numbers.size);
        for (const [key, number] of numbers)
          expect(Buffer.from(dictionary.get(number)).toString('hex')).toBe(key);
      },
    ),
    { numRuns: 200 },
  );
});

test('very many byte strings, some of them long', () => {
  const dictionary = new ByteDictionary();
  const text = (at: number) => (at % 10_000 === 9 ? `${at}${'x'.repeat(50_000)}` : `b${at}`);
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < 80_000; at++) {
      const { bytes, view, start, end } = padded(text(at));
      if (dictionary.intern(bytes, view, start, end) !== at) expect(at).toBe('numbered in order');
    }
  }
  expect(dictionary.size).toBe(80_000);
  for (const at of [0, 9, 511, 512, 513, 10_009, 79_999])
    expect(Buffer.from(dictionary.get(at)).toString()).toBe(text(at));
});

test('spellings of one brand or category code are one dimension', () => {
  const spelling = fc.tuple(
    fc.constantFrom('', ' ', '\t'),
    fc.constantFrom('', 'a', 'A', 'Ж', 'ж', 'a b', 'a_b', 'İ', 'ΑΣ'),
    fc.constantFrom('', ' '),
  );
  const brandText = spelling.map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(fc.tuple(brandText, brandText), { maxLength: 40 }), (all) => {
      const dimensions = new Dimensions();
      const numbers = new Map<string, number>();
      for (const [brand, category] of all) {
        const key = JSON.stringify([normaliseBrand(brand), normaliseCategoryCode(category)]);
        if (!numbers.has(key)) numbers.set(key, numbers.size);
        const pair = dimensions.pairOf(Buffer.from(brand), Buffer.from(category));
        expect(pair).toBe(numbers.get(key));
        const [brandText, categoryText] = JSON.parse(key) as [string, string];
        expect(dimensions.textOf(pair)).toEqual(pairText(Buffer.from(brandText), Buffer.from(categoryText)));
      }
      expect(dimensions.size).toBe(numbers.size);
    }),
    { numRuns: 300 },
  );
});

test('dimensions ask to be emptied before they run over, and begin anew', () => {
  const dimensions = new Dimensions();
  dimensions.pairOf(Buffer.from('b0'), Buffer.from('c'));
  let at = 1;
  for (; !dimensions.isFull; at++) dimensions.pairOf(Buffer.from(`b${at}`), Buffer.from('c'));
  // A call of the kernel may still add as many as it has room for, twice.
  expect(dimensions.size + 2 * 4096).toBeLessThanOrEqual(MAX_DIMENSIONS);
  for (const known of [1, 1000, at - 1])
    expect(dimensions.pairOf(Buffer.from(`b${known}`), Buffer.from('c'))).toBe(known);
  dimensions.clear();
  expect(dimensions.size).toBe(0);
  expect(dimensions.isFull).toBe(false);
  expect(dimensions.pairOf(Buffer.from(`b${at}`), Buffer.from('d'))).toBe(0);
  expect(dimensions.pairOf(Buffer.from('b0'), Buffer.from('c'))).toBe(1);
});

test('spellings alone fill them, too', () => {
  const dimensions = new Dimensions();
  for (let at = 0; !dimensions.isFull; at++) {
    if (at > MAX_DIMENSIONS) throw new Error('never full');
    // Category codes of one normal form: each code point that is none of ours becomes one underscore.
    dimensions.pairOf(
      Buffer.from('b'),
      Buffer.from(String.fromCodePoint(0x4e00 + (at >> 8), 0x4e00 + (at & 255))),
    );
  }
  expect(dimensions.size).toBe(1);
});

test('pairs are shown as rows show them', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 });
  fc.assert(
    fc.property(text, text, (brand, category) => {
      const texts = [pairText(Buffer.from(brand), Buffer.from(category))];
      const batch = EventBatch.pack(new Int32Array(0), 0, texts, 0);
      const pair = pairOf(batch, 0);
      expect(pair.brand.shown).toBe(brand || 'unknown');
      expect(pair.category.shown).toBe(category.split('.')[0] || 'unknown');
      expect(Buffer.from(pair.brand.latin1, 'latin1').toString()).toBe(brand);
      expect(Buffer.from(pair.category.latin1, 'latin1').toString()).toBe(category);
      expect(pairOf(EventBatch.pack(new Int32Array(0), 0, texts, 0), 0)).toBe(pair);
    }),
    { numRuns: 300 },
  );
});

describe('normal forms', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(' A ', '\u00a0a', 'a\vb', '.a', 'A.B-c_9', '😀x', '\t'),
  );
  test('category codes: a character for a code point, of those that are allowed', () => {
    fc.assert(
      fc.property(text, (each) => {
        const lower = each
          .replace(/^[ \t\n\v\f\r]+/, '')
          .replace(/[ \t\n\v\f\r]+$/, '')
          .toLowerCase();
        const expected = [...lower]
          .map((point) => ('abcdefghijklmnopqrstuvwxyz0123456789._-'.includes(point) ? point : '_'))
          .join('');
        expect(normaliseCategoryCode(each)).toBe(expected);
        expect(normaliseCategoryCode(expected)).toBe(expected);
        expect(normaliseBrand(each)).toBe(lower);
        expect(categoryRoot(expected)).toBe(expected.split('.')[0]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('packed records', () => {
  test('hold price, type and pair', () => {
    const price = fc.oneof(
      fc.integer({ min: 1, max: 1e13 - 1 }),
      fc.constantFrom(1, 2 ** 32 - 1, 2 ** 32, 1e13 - 1),
    );
    fc.assert(
      fc.property(price, fc.nat({ max: 3 }), fc.nat({ max: 65_535 }), (amount, type, pair) => {
        const meta = packMeta(pair, type, amount);
        expect([
          meta & 0xffff,
          typeOf(meta),
          priceOf(meta, amount | 0),
          meta & PRICE_MISSING,
          meta < 0,
        ]).toEqual([pair, type, amount, 0, false]);
        const missing = packMeta(pair, type, Number.NaN);
        expect([missing & 0xffff, typeOf(missing), missing & PRICE_MISSING, missing < 0]).toEqual([
          pair,
          type,
          PRICE_MISSING,
          false,
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  test('batches hold what was packed, at any place in memory', () => {
    const part = fc.uint8Array({ maxLength: 9, max: 0xfe });
    const pair = fc.tuple(part, part);
    const words = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), {
      maxLength: 6 * RECORD_WORDS,
    });
    const time = fc.oneof(
      fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
      fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32)),
    );
    fc.assert(
      fc.property(
        words,
        fc.array(pair, { maxLength: 5 }),
        time,
        fc.nat({ max: 7 }),
        (all, pairs, earliest, offset) => {
          const size = Math.floor(all.length / RECORD_WORDS);
          const packed = EventBatch.pack(
            Int32Array.from(all),
            size,
            pairs.map(([brand, category]) => pairText(brand, category)),
            earliest,
          );
          const moved = new Uint8Array(packed.bytes.length + offset);
          moved.set(packed.bytes, offset);
          for (const batch of [packed, new EventBatch(moved.subarray(offset))]) {
            expect([batch.size, batch.pairs, batch.earliest]).toEqual([size, pairs.length, earliest]);
            expect([...batch.records]).toEqual(all.slice(0, size * RECORD_WORDS));
            expect(
              pairs.map((_, at) => {
                const { brand, category } = pairOf(batch, at);
                return [brand.latin1, category.latin1];
              }),
            ).toEqual(pairs.map((texts) => texts.map((bytes) => Buffer.from(bytes).toString('latin1'))));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('what is no batch is refused', () => {
    expect(() => new EventBatch(new Uint8Array(64))).toThrow('not an event batch');
  });
});
