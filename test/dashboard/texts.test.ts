/** Texts that only the dashboard has. */
import fc from 'fast-check';
import { Problem, problemOf, problemOfAnswer } from '../../dashboard/problem';
import { shortName } from '../../dashboard/short_name';
import { bytesText, clockText, durationText, hasBegun, rateText } from '../../dashboard/texts';

const MINUTE = 60_000;

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59_999, '59 s'],
  [MINUTE, '1 min 0 s'],
  [125 * MINUTE, '2 h 5 min'],
  [26 * 60 * MINUTE, '1 d 2 h'],
  [1_200 * 24 * 60 * MINUTE, '1,200 d 0 h'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('sizes, rates, clocks', () => {
  expect([0, 1023, 1536, 5 << 20, 2 ** 50].map(bytesText)).toEqual([
    ...['0 B', '1,023 B', '1.5 KiB', '5 MiB', '1,024 TiB'],
  ]);
  expect([0, 0.25, 12.6, 12345].map(rateText)).toEqual(['0 /s', '0.3 /s', '13 /s', '12,345 /s']);
  expect(clockText(Date.parse('2026-01-02T03:04:05Z'))).toBe('03:04:05 UTC');
  expect([Date.parse('0001-01-01T00:00:00Z'), 0].map(hasBegun)).toEqual([false, true]);
});

test('names are one line that a page can hold', () => {
  expect(shortName('a\n b')).toBe('a b');
  expect(shortName('\ud800x')).toBe('\ufffdx');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const short = shortName(name);
      expect([...short].length).toBeLessThanOrEqual(60);
      expect(short).not.toMatch(/\p{Surrogate}/u);
      expect(short).not.toMatch(/[\n\0]/);
    }),
  );
});

test('a problem by its answer', () => {
  const told = { error: { code: 'unavailable', message: 'It is locked.', request_id: 'r1' } };
  expect(problemOfAnswer(503, told)).toMatchObject({
    ...{ kind: 'unavailable', message: 'It is locked.', requestId: 'r1', passes: true },
  });
  const kinds = [400, 401, 403, 404, 413, 431, 500, 502].map((status) => problemOfAnswer(status, null).kind);
  expect(kinds).toEqual([
    ...['refused', 'unauthorized', 'refused', 'not_found', 'refused', 'refused', 'unexpected', 'unavailable'],
  ]);
  expect(problemOf(new Problem('unreachable', 'x')).passes).toBe(true);
  expect(problemOf('x')).toMatchObject({ kind: 'unexpected', message: 'x', passes: false });
});
