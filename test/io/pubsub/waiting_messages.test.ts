/** What waits: messages to be given out, leases to be finalised; and the clock that stands still meanwhile. Each against the plain way. */
import fc from 'fast-check';
import { AckIds, countOf } from '../../../io/pubsub/ack_ids';
import { Leases, rangeOf } from '../../../io/pubsub/leases';
import { ListeningClock } from '../../../io/pubsub/listening_clock';
import { MessageBuffer } from '../../../io/pubsub/message_buffer';
import { decodeMark, encodeMark } from '../../../io/pubsub/source_mark';
import { acknowledgeRequest } from '../../../io/pubsub/subscriber_wire';
import { NO_WATERMARK } from '../../../io/pubsub/subscription_watermark';

/** Negative: so many messages come; else: so many are taken. */
const steps = fc.array(fc.integer({ min: -30, max: 40 }), { maxLength: 60 });

test('a buffer gives out all that came, in order', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const buffer = new MessageBuffer();
      const waiting: number[] = [];
      let next = 0;
      for (const step of list) {
        if (step < 0) {
          const numbers = Array.from({ length: -step }, () => next++);
          buffer.add({
            messages: numbers.map((n) => Uint8Array.of(n & 0xff)),
            times: Float64Array.from(numbers),
            bytes: 1000,
            minTime: numbers[0],
          });
          waiting.push(...numbers);
        } else {
          const taken: number[] = [];
          buffer.take(step, (message, time) => {
            expect(message[0]).toBe(time & 0xff);
            taken.push(time);
          });
          expect(taken).toEqual(waiting.splice(0, step));
        }
        expect(buffer.count).toBe(waiting.length);
        expect(buffer.minTime).toBeLessThanOrEqual(waiting[0] ?? Number.POSITIVE_INFINITY);
        if (waiting.length === 0)
          expect(buffer).toMatchObject({ bytes: 0, minTime: Number.POSITIVE_INFINITY });
        else expect(buffer.bytes).toBeGreaterThan(0);
      }
    }),
  );
});

/** Ack ids of one digit byte each. */
function idsOf(numbers: readonly number[]): AckIds {
  const response = Buffer.from(numbers.map((n) => n & 0x7f));
  return AckIds.of(
    response,
    numbers.flatMap((_, at) => [at, at + 1]),
  );
}

/** The numbers that a request would carry. */
function numbersOf(ranges: Parameters<typeof acknowledgeRequest>[1]): number[] {
  const bytes = acknowledgeRequest('', ranges).subarray(2);
  return Array.from({ length: bytes.length / 3 }, (_, at) => bytes[3 * at + 2]);
}

test('leases end for the first so many messages; others stay', () => {
  fc.assert(
    fc.property(steps, fc.nat(60), (list, voidAt) => {
      const leases = new Leases();
      let next = 0;
      let finalised = 0;
      let isVoidUpTo = 0;
      for (const [at, step] of list.entries()) {
        if (at === voidAt) {
          leases.void();
          isVoidUpTo = next;
        }
        if (step < 0) {
          leases.add(idsOf(Array.from({ length: -step }, () => next++)), 1000);
        } else {
          const to = Math.min(next, finalised + step);
          const expected = Array.from({ length: to - finalised }, (_, n) => finalised + n);
          const acked = numbersOf(leases.finalise(to));
          expect(acked).toEqual(expected.filter((n) => n >= isVoidUpTo).map((n) => n & 0x7f));
          finalised = to;
        }
        expect(leases.size).toBe(next - finalised);
        expect(countOf(leases.all.map(rangeOf))).toBe(next - Math.max(finalised, isVoidUpTo));
      }
      expect(leases.finalise(finalised)).toEqual([]);
    }),
  );
});

test('a lease is due before it runs out, and not again when it is extended', () => {
  const leases = new Leases();
  leases.add(idsOf([1]), 100);
  leases.add(idsOf([2]), 200);
  expect(leases.due(100)).toEqual([]);
  const [due] = leases.due(150);
  expect(numbersOf([rangeOf(due)])).toEqual([1]);
  due.until = 300;
  expect(leases.due(150)).toEqual([]);
  expect(
    leases
      .due(250)
      .map(rangeOf)
      .flatMap((range) => numbersOf([range])),
  ).toEqual([2]);
});

test('the clock stands still in a long silence, and goes on where it stood', () => {
  let time = 1000;
  const clock = new ListeningClock(() => time);
  time += 500;
  expect(clock.now).toBe(1500);
  clock.isListening = false;
  time += 5000;
  clock.isListening = false;
  expect(clock.now).toBe(6500);
  time += 3_600_000;
  expect(clock.now).toBe(6500);
  clock.isListening = true;
  clock.isListening = true;
  expect(clock.now).toBe(6500);
  time += 10;
  expect(clock.now).toBe(6510);
});

test('the clock does not mind short stops, and never goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20_000), fc.boolean())), (moves) => {
      let time = 0;
      const clock = new ListeningClock(() => time);
      for (const [ms, isListening] of moves) {
        const before = clock.now;
        time += ms;
        expect(clock.now).toBeGreaterThanOrEqual(Math.min(before, time));
        expect(clock.now - before).toBeLessThanOrEqual(ms);
        const now = clock.now;
        clock.isListening = isListening;
        expect(clock.now).toBe(now);
      }
    }),
  );
});

test.each([NO_WATERMARK, -1, 1_569_888_000_123])('a mark keeps the watermark %s', (watermark) => {
  const mark = { watermark, source: 'one', given: 12_345_678_901 };
  expect(decodeMark(encodeMark(mark))).toEqual(mark);
});
