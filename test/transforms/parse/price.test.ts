/** Prices against plain arithmetic in bigints. */
import fc from 'fast-check';
import { PriceBands } from '../../../transforms/count/price_bands';
import { parsePrice } from '../../../transforms/parse/price';

function parse(text: string, offset = 0): number {
  const bytes = Buffer.concat([Buffer.alloc(offset, '9'), Buffer.from(text, 'utf8'), Buffer.from('99')]);
  return parsePrice(bytes, offset, bytes.length - 2);
}

/** Ten-thousandths by the spec's words; NaN for what is no price. */
function plain(text: string): number {
  const match = /^([+-]?)(\d*)(?:(\.)(\d*))?$/.exec(text);
  if (!match || `${match[2]}${match[4] ?? ''}` === '' || text.includes('\n')) return Number.NaN;
  const fraction = match[4] ?? '';
  const scale = 10n ** BigInt(fraction.length);
  const exact = BigInt(match[2] + fraction) * 10_000n;
  const rounded = (2n * exact + scale) / (2n * scale);
  if (rounded >= 10n ** 13n) return Number.NaN;
  return match[1] === '-' ? -Number(rounded) : Number(rounded);
}

const digits = fc.oneof(
  fc.stringMatching(/^\d{0,12}$/),
  fc.constantFrom(
    '',
    '0',
    '00',
    '9',
    '999999999',
    '1000000000',
    '000000000000000000001',
    '4999',
    '5',
    '50',
    '49999999999',
    '99995',
    '99994',
  ),
);
const written = fc
  .tuple(
    fc.constantFrom('', '', '', '-', '+', '--', ' '),
    digits,
    fc.constantFrom('', '.', '.', '.', ',', '..', 'e', 'E'),
    digits,
    fc.constantFrom('', '', '', ' ', 'x', '-'),
  )
  .map((parts) => parts.join(''));

test('numbers, near-numbers and rubbish', () => {
  fc.assert(
    fc.property(
      fc.oneof(written, fc.string({ unit: 'binary' }), fc.double().map(String)),
      fc.nat({ max: 5 }),
      (text, offset) => {
        if (text !== '') expect(parse(text, offset)).toEqual(plain(text));
      },
    ),
    { numRuns: 5000 },
  );
});

test.each([
  ['0.00005', 1],
  ['0.00004999', 0],
  ['-0.00005', -1],
  ['1.23445', 12_345],
  ['1.23454999999999999999999', 12_345],
  ['999999999.9999', 9_999_999_999_999],
  ['999999999.99994', 9_999_999_999_999],
  ['999999999.99995', Number.NaN],
  ['-999999999.99995', Number.NaN],
  ['1e3', Number.NaN],
  ['1E3', Number.NaN],
  ['Infinity', Number.NaN],
  ['0x10', Number.NaN],
  ['.5', 5_000],
  ['5.', 50_000],
  ['.', Number.NaN],
  ['+', Number.NaN],
  ['+.5', 5_000],
  ['٣', Number.NaN],
])('%s', (text, expected) => expect(parse(text)).toBe(expected));

describe('price bands', () => {
  const bounds = fc
    .uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 })
    .map((all) => all.sort((a, b) => a - b));

  test('a price is in the band of the bounds that it reaches', () => {
    fc.assert(
      fc.property(
        bounds,
        fc.constantFrom(1, 10, 10_000),
        fc.nat({ max: 12_000_000 }),
        fc.nat({ max: 5 }),
        (whole, divisor, price, at) => {
          const all = whole.map((bound) => bound / divisor);
          const bands = new PriceBands(all);
          expect(bands.names).toHaveLength(all.length + 1);
          expect(new Set(bands.names).size).toBe(all.length + 1);
          // Prices in general, and right at a bound and below it.
          const exact = Math.round((whole[at % whole.length] * 10_000) / divisor);
          for (const each of [price, exact, exact - 1]) {
            const reached = whole.filter(
              (bound) => BigInt(each) * BigInt(divisor) >= BigInt(bound) * 10_000n,
            ).length;
            expect(bands.indexOf(each)).toBe(reached);
            expect(bands.nameOf(each)).toBe(bands.names[reached]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('names', () => {
    expect(new PriceBands([10, 30, 60]).names).toEqual(['<10', '10-30', '30-60', '60+']);
    expect(new PriceBands([0.5]).names).toEqual(['<0.5', '0.5+']);
    expect(new PriceBands([10]).nameOf(null)).toBe('unknown');
  });
});
