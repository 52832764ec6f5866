import fc from 'fast-check';
import {
  type Departure,
  Departures,
  type Disturbance,
  DUPLICATE_AFTER_MS,
} from '../../../producers/replay/departures';

const CALM: Disturbance = { shuffleMs: 0, lateShare: 0, lateByMs: 0, duplicateShare: 0, seed: 1 };

/** Sends events with these times as a producer does: each one is added when all that leaves before it has left. */
function send(times: readonly number[], disturbance: Disturbance): Departure<number>[] {
  const departures = new Departures<number>(disturbance);
  const sent: Departure<number>[] = [];
  times.forEach((time, index) => {
    sent.push(...departures.take(time));
    departures.add(time, index);
  });
  sent.push(...departures.take());
  expect(departures.size).toBe(0);
  return sent;
}

const times = fc
  .array(fc.integer({ min: 0, max: 50_000 }), { maxLength: 200 })
  .map((gaps) => gaps.toSorted((a, b) => a - b));
const disturbances = fc.record({
  shuffleMs: fc.nat(100_000),
  lateShare: fc.double({ min: 0, max: 1, noNaN: true }),
  lateByMs: fc.integer({ min: 1, max: 100_000 }),
  duplicateShare: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.nat(),
});

test('undisturbed, all leave in their order and at their time', () => {
  fc.assert(
    fc.property(times, (all) => {
      const sent = send(all, CALM);
      expect(sent.map(({ message }) => message)).toEqual(all.map((_, index) => index));
      expect(sent.map(({ at }) => at)).toEqual(all);
    }),
  );
});

test('every message leaves once, or twice as a duplicate, and never before its event or later than told', () => {
  fc.assert(
    fc.property(times, disturbances, (all, disturbance) => {
      const sent = send(all, disturbance);
      const first = sent.filter(({ duplicate }) => !duplicate);
      expect(first.map(({ message }) => message).toSorted((a, b) => a - b)).toEqual(all.map((_, i) => i));
      const { shuffleMs, lateByMs } = disturbance;
      for (const { at, message, late } of first) {
        const delay = at - all[message];
        expect(delay).toBeGreaterThanOrEqual(late ? 1 : 0);
        expect(delay).toBeLessThanOrEqual(shuffleMs + (late ? lateByMs : 0));
      }
      for (const { at, message, duplicate } of sent) {
        if (!duplicate) continue;
        const after = at - first.find((each) => each.message === message)!.at;
        expect(after).toBeGreaterThan(0);
        expect(after).toBeLessThanOrEqual(DUPLICATE_AFTER_MS);
      }
    }),
  );
});

test('they leave in order of departure, whatever the disturbance', () => {
  fc.assert(
    fc.property(times, disturbances, (all, disturbance) => {
      const at = send(all, disturbance).map((each) => each.at);
      expect(at).toEqual(at.toSorted((a, b) => a - b));
    }),
  );
});

test('equal seeds give equal departures; duplicates change nothing about the others', () => {
  fc.assert(
    fc.property(times, disturbances, (all, disturbance) => {
      const sent = send(all, disturbance);
      expect(send(all, disturbance)).toEqual(sent);
      const alone = send(all, { ...disturbance, duplicateShare: 0 });
      const firsts = sent.filter(({ duplicate }) => !duplicate);
      expect(alone.map(({ at, message }) => [at, message])).toEqual(
        firsts.map(({ at, message }) => [at, message]),
      );
    }),
  );
});

test('shares are met, and another seed is another order', () => {
  const all = Array.from({ length: 20_000 }, (_, i) => i * 10);
  const disturbance = { shuffleMs: 5000, lateShare: 0.02, lateByMs: 60_000, duplicateShare: 0.05, seed: 7 };
  const sent = send(all, disturbance);
  const firsts = sent.filter(({ duplicate }) => !duplicate);
  const late = firsts.filter((each) => each.late).length / all.length;
  const twice = (sent.length - firsts.length) / all.length;
  expect(late).toBeGreaterThan(0.016);
  expect(late).toBeLessThan(0.024);
  expect(twice).toBeGreaterThan(0.044);
  expect(twice).toBeLessThan(0.056);
  const delays = firsts.filter((each) => !each.late).map(({ at, message }) => at - all[message]);
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  expect(mean).toBeGreaterThan(2400);
  expect(mean).toBeLessThan(2600);
  expect(send(all, { ...disturbance, seed: 8 })).not.toEqual(sent);
});
