/** Values of columns as texts. */
import fc from 'fast-check';
import { isDay, moneyDecimal, moneyOf } from '../../schema/column';
import { DAY_MS } from '../../schema/events';

test('money as a decimal, all digits of it', () => {
  const money = [0n, 1n, -1n, 10_000n, -123_456n, 123_456_789_012_345_678n];
  expect(money.map(moneyDecimal)).toEqual([
    ...['0.0000', '0.0001', '-0.0001', '1.0000', '-12.3456', '12345678901234.5678'],
  ]);
  expect([0, 7, -9999].map(moneyDecimal)).toEqual(['0.0000', '0.0007', '-0.9999']);
});

test('days are those of the calendar', () => {
  const lengths = (year: number): number[] => [
    ...[31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28],
    ...[31, 30, 31, 30, 31, 31, 30, 31, 30, 31],
  ];
  const two = (number: number): string => String(number).padStart(2, '0');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      (year, month, day) => {
        const exists = day >= 1 && day <= (lengths(year)[month - 1] ?? 0);
        expect(isDay(`${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`)).toBe(exists);
      },
    ),
    { numRuns: 2000 },
  );
  expect([0, DAY_MS - 1, -1].map((at) => isDay(new Date(at).toISOString()))).toEqual([false, false, false]);
  for (const text of [
    '',
    '2019-2-1',
    '2019-02-01 ',
    ' 2019-02-01',
    '2019-02-01\n',
    '+02019-02-01',
    '20190201',
  ])
    expect(isDay(text)).toBe(false);
});

test('money comes back exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (money) =>
      expect(moneyOf(moneyDecimal(money))).toBe(money),
    ),
  );
  expect(['12', '0.5', '-0.0001', '1.234500000'].map(moneyOf)).toEqual([120_000n, 5000n, -1n, 12_345n]);
  for (const text of ['', '1e5', '1.23456', '1.', '--1', '1,000.00'])
    expect(() => moneyOf(text)).toThrow(/an amount like/);
});
