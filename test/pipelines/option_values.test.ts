/** What is given for an option: a value, or one sentence that says what was expected. */
import * as fc from 'fast-check';
import { InputError } from '../../io/input_error';
import { parseAmount, parseSince } from '../../pipelines/alerts/alert_options';
import { parseDay, parseDayOrTime, parseDuration, parseSize } from '../../pipelines/option_values';
import { moneyDecimal } from '../../schema/column';

test.each([
  [parseDuration, ['90', '2 weeks', '-1s', '', '1e3s'], /^--x .*: a duration like 90s/],
  [parseSize, ['8', '0KiB', '1 gigabyte', ''], /^--x .*: (a size like|at least one byte)/],
  [parseDay, ['June', '2026-02-30', '2026-1-1', ''], /^--x .*: a day like 2026-01-31/],
  [
    parseDayOrTime,
    ['June', '2026-02-30', '2026-01-01T25:00:00Z', 'all', ''],
    /^--x .*: a day or a time like/,
  ],
  [parseSince, ['June', '2026-02-30', ''], /^--x .*: a day or a time like .* was expected, or all$/],
  [parseAmount, ['-1', '1e3', '1.23456', '1,000', '.5', ''], /^--x .*: an amount like 500 or 99\.50/],
] as const)('%p refuses what it can’t read', (parse, texts, said) => {
  for (const text of texts) {
    const refused = () => parse('x', text);
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(said);
  }
});

test('durations and sizes have units', () => {
  expect(['90s', '1.5m', '2h', '1d', '20ms'].map((text) => parseDuration('x', text))).toEqual([
    ...[90_000, 90_000, 7_200_000, 86_400_000, 20],
  ]);
  expect(['4KiB', '8MiB', '1B'].map((text) => parseSize('x', text))).toEqual([4096, 8 << 20, 1]);
});

test('a time is itself, a day its start', () => {
  const at = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(at, (time) => {
      const text = new Date(time).toISOString();
      expect(parseDayOrTime('x', text)).toBe(time);
      expect(parseDayOrTime('x', text.slice(0, 10))).toBe(Date.parse(text.slice(0, 10)));
      expect(parseDay('x', text.slice(0, 10))).toBe(text.slice(0, 10));
    }),
  );
  expect(parseSince('x', 'all')).toBeLessThan(Date.UTC(1, 0));
});

test('amounts are exact', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }), (money) =>
      expect(parseAmount('x', moneyDecimal(money))).toBe(money),
    ),
  );
  expect(['500', ' 99.5 '].map((text) => parseAmount('x', text))).toEqual([5_000_000n, 995_000n]);
});
