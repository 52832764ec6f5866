/** Which days a view shows. */
import fc from 'fast-check';
import { chosenPeriod, countDays, lastDays, USUAL_DAYS } from '../../dashboard/period';
import { addDays } from '../../serving/periods';

const COVERED = { since: '2019-10-01', until: '2019-12-31' };

test.each([
  [null, null, { since: '2019-12-02', until: '2019-12-31' }],
  ['2019-10-05', null, { since: '2019-10-05', until: '2019-12-31' }],
  ['2001-01-01', '2019-10-02', { since: '2019-10-01', until: '2019-10-02' }],
  [null, '2019-11-30', { since: '2019-11-01', until: '2019-11-30' }],
  [null, '2030-01-01', { since: '2019-12-02', until: '2019-12-31' }],
  ['2020-01-01', null, null],
  [null, '2019-09-30', null],
  ['2019-10-05', '2019-10-04', null],
])('from %s to %s', (from, to, expected) => {
  expect(chosenPeriod(COVERED, { from, to })).toEqual(expected);
});

test('nothing covered, nothing chosen', () => {
  expect(chosenPeriod(null, { from: '2019-10-05', to: null })).toBeNull();
});

test('what is chosen lies within what is covered', () => {
  const day = fc.integer({ min: -50, max: 150 }).map((days) => addDays(COVERED.since, days));
  fc.assert(
    fc.property(fc.option(day), fc.option(day), (from, to) => {
      const period = chosenPeriod(COVERED, { from, to });
      if (period === null) return;
      expect(period.since >= COVERED.since && period.until <= COVERED.until).toBe(true);
      expect(countDays(period)).toBeGreaterThan(0);
      if (from === null) expect(countDays(period)).toBeLessThanOrEqual(USUAL_DAYS);
      else expect(period.since >= from).toBe(true);
      if (to !== null) expect(period.until <= to).toBe(true);
      expect(countDays(lastDays(period, 7))).toBe(Math.min(7, countDays(period)));
    }),
  );
});
