import fc from 'fast-check';
import { Pacer } from '../../../producers/replay/pace';

const HOUR = 3_600_000;

test('a speed divides event time', () => {
  const pacer = new Pacer({ speed: 60, maxPauseMs: HOUR });
  expect([0, 60_000, 60_000, 3 * HOUR].map((at) => pacer.due(5 * HOUR + at, 1000))).toEqual([
    1000, 2000, 2000, 181_000,
  ]);
});

test('a rate counts messages, wherever they are in event time', () => {
  const pacer = new Pacer({ rate: 4 });
  expect([0, 0, 99 * HOUR, 99 * HOUR].map((at) => pacer.due(at, 500))).toEqual([500, 750, 1000, 1250]);
});

test('a pause is cut, for what follows as well', () => {
  const pacer = new Pacer({ speed: 1, maxPauseMs: 2000 });
  expect([0, 1000, 10_000, 10_500, 99_000].map((at) => pacer.due(at, 0))).toEqual([
    0, 1000, 3000, 3500, 5500,
  ]);
});

test('who is behind is not slowed down: what is due depends on the first moment only', () => {
  const pacer = new Pacer({ speed: 10, maxPauseMs: HOUR });
  pacer.due(0, 0);
  expect(pacer.due(10_000, 60_000)).toBe(1000);
});

test('what is due never goes back, and no pause is longer than the longest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(10_000_000)),
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 5000 }),
      (all, speed, maxPauseMs) => {
        const pacer = new Pacer({ speed, maxPauseMs });
        let last = 0;
        for (const at of all.toSorted((a, b) => a - b)) {
          const due = pacer.due(at, 0);
          expect(due).toBeGreaterThanOrEqual(last);
          expect(due - last).toBeLessThanOrEqual(maxPauseMs + 1e-6);
          last = due;
        }
      },
    ),
  );
});
