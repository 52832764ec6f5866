/** Texts are in the order of their bytes, and have ranks by it. */
import fc from 'fast-check';
import { Dictionary } from '../../../serving/columns/dictionary';
import { compareTexts } from '../../../serving/columns/text_order';
import { someText } from './random_rows';

test('texts are in the order of their UTF-8 bytes', () => {
  const text = fc.oneof(someText, fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareTexts(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 1000, examples: [['\uFFFD', '\u{1f600}']] },
  );
});

test('ranks are those of a sorted list, however the texts have come', () => {
  fc.assert(
    fc.property(fc.array(fc.array(someText)), someText, (batches, wanted) => {
      const dictionary = new Dictionary();
      for (const batch of batches) {
        for (const text of batch) expect(dictionary.textOf(dictionary.codeOf(text))).toBe(text);
        const sorted = [...dictionary.texts].sort(compareTexts);
        const ranks = dictionary.ranks();
        expect(dictionary.texts.map((_, code) => ranks[code])).toEqual(
          dictionary.texts.map((text) => sorted.indexOf(text)),
        );
        const before = sorted.filter((text) => compareTexts(text, wanted) < 0).length;
        expect(dictionary.rankOf(wanted)).toBe(sorted.includes(wanted) ? before : before - 0.5);
      }
    }),
  );
});
