/** What holds of a subscription's watermark whatever comes, and when. Cases with names are in subscription_watermark.test.ts. */
import fc from 'fast-check';
import {
  NO_WATERMARK,
  SubscriptionWatermark,
  type WhenIdle,
} from '../../../io/pubsub/subscription_watermark';
import { BUCKET_MS } from '../../../io/pubsub/watermark_memory';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOON = Date.parse('2019-10-01T12:00:00Z');

const HOLDING = {
  ...{ memoryMs: MINUTE, slackMs: 0, maxJumpMs: HOUR },
  ...{ whenIdle: 'hold' as const, idleTimeoutMs: 2 * MINUTE },
};

interface Arrival {
  /** Since the message before, milliseconds. */
  readonly after: number;
  readonly eventTime: number;
}

const anyOptions = fc.record({
  memoryMs: fc.integer({ min: 10 * SECOND, max: 2 * MINUTE }),
  slackMs: fc.integer({ min: 0, max: MINUTE }),
  maxJumpMs: fc.integer({ min: MINUTE, max: 2 * HOUR }),
  whenIdle: fc.constantFrom<WhenIdle>('advance', 'hold', 'finish'),
  idleTimeoutMs: fc.integer({ min: SECOND, max: 5 * MINUTE }),
});

const arrivals = (longestGap: number): fc.Arbitrary<Arrival[]> =>
  fc.array(
    fc.record({
      after: fc.oneof(fc.integer({ min: 0, max: SECOND }), fc.integer({ min: 0, max: longestGap })),
      eventTime: fc.oneof(
        fc.integer({ min: NOON, max: NOON + 5 * MINUTE }),
        fc.integer({ min: NOON - 24 * HOUR, max: NOON + 24 * HOUR }),
      ),
    }),
    { minLength: 20, maxLength: 200, size: 'max' },
  );

test('it never goes back', () => {
  fc.assert(
    fc.property(anyOptions, arrivals(3 * MINUTE), fc.option(fc.constant(NOON)), (options, list, restored) => {
      const watermark = new SubscriptionWatermark(options, 0, restored);
      let now = 0;
      let before = NO_WATERMARK;
      for (const { after, eventTime } of list) {
        now += after;
        watermark.observe(eventTime, now);
        const value = watermark.at(now, after % 7 === 0 ? eventTime : undefined);
        expect(value).toBeGreaterThanOrEqual(before);
        watermark.isFinished(now);
        before = watermark.current;
      }
    }),
    { numRuns: 300 },
  );
});

test('a message no earlier than one that counted within the memory is not behind it', () => {
  fc.assert(
    fc.property(anyOptions, arrivals(20 * SECOND), (given, list) => {
      const options = { ...given, whenIdle: 'hold' as const };
      const watermark = new SubscriptionWatermark(options, 0);
      const counted: { at: number; eventTime: number }[] = [];
      let now = 0;
      for (const { after, eventTime } of list) {
        now += after;
        if (eventTime >= watermark.current) counted.push({ at: now, eventTime });
        watermark.observe(eventTime, now);
        const recent = counted.filter(({ at }) => at > now - options.memoryMs);
        const smallest = Math.min(...recent.map((message) => message.eventTime));
        expect(watermark.at(now)).toBeLessThanOrEqual(smallest);
      }
    }),
    { numRuns: 300 },
  );
});

test('nine messages from the future, whenever they come, do not push it beyond what else came', () => {
  const future = fc.record({
    at: fc.integer({ min: 0, max: 99 }),
    ahead: fc.integer({ min: 3 * HOUR, max: 100 * 24 * HOUR }),
  });
  fc.assert(
    fc.property(arrivals(2 * MINUTE), fc.array(future, { maxLength: 9 }), (list, futures) => {
      const watermark = new SubscriptionWatermark(HOLDING, 0);
      let now = 0;
      let newest = Number.NEGATIVE_INFINITY;
      for (const [index, { after, eventTime }] of list.entries()) {
        now += after;
        const ordinary = NOON + (eventTime % HOUR);
        newest = Math.max(newest, ordinary);
        watermark.observe(ordinary, now);
        for (const { at, ahead } of futures)
          if (at === index) watermark.observe(NOON + 2 * HOUR + ahead, now);
        expect(watermark.at(now)).toBeLessThanOrEqual(newest);
      }
      expect(watermark.at(now + HOUR)).toBeLessThanOrEqual(newest);
    }),
    { numRuns: 300 },
  );
});

test('messages of long ago change nothing', () => {
  fc.assert(
    fc.property(
      anyOptions,
      arrivals(3 * MINUTE),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      (given, list, ancients) => {
        const options = { ...given, whenIdle: 'advance' as const };
        const [without, with_] = [1, 2].map(() => new SubscriptionWatermark(options, 0, NOON - 24 * HOUR));
        let now = 0;
        for (const { after, eventTime } of list) {
          now += after;
          for (let count = ancients.next().value; count > 0; count--)
            with_.observe(NOON - 24 * HOUR - options.maxJumpMs - count, now);
          for (const watermark of [without, with_]) watermark.observe(eventTime, now);
          expect(with_.at(now)).toBe(without.at(now));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('messages behind it, by however much, hold nothing up', () => {
  fc.assert(
    fc.property(
      anyOptions,
      arrivals(3 * MINUTE),
      fc.integer({ min: 1, max: 2 * HOUR }),
      (given, list, late) => {
        const options = { ...given, whenIdle: 'hold' as const };
        const [without, with_] = [1, 2].map(() => new SubscriptionWatermark(options, 0, NOON - 24 * HOUR));
        let now = 0;
        for (const { after, eventTime } of list) {
          now += after;
          with_.observe(with_.current - late, now);
          for (const watermark of [without, with_]) watermark.observe(eventTime, now);
          expect(with_.at(now)).toBe(without.at(now));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('its lag behind a replay is bounded by the memory, at any speed', () => {
  const speeds = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 20_000 }));
  fc.assert(
    fc.property(speeds, fc.integer({ min: 0, max: 30 * MINUTE }), anyOptions, (speed, disorder, options) => {
      const watermark = new SubscriptionWatermark(options, 0);
      const bound = (options.memoryMs + BUCKET_MS + 200) * speed + disorder + options.slackMs;
      let largest = 0;
      for (let now = 0, count = 0; now < options.memoryMs + 2 * MINUTE; now += 200, count++) {
        const front = NOON + now * speed;
        watermark.observe(front - ((count * 7919) % 11) * (disorder / 11), now);
        const lag = front - watermark.at(now);
        if (lag < 0 || now > 2 * BUCKET_MS) largest = Math.max(largest, lag < 0 ? Infinity : lag);
      }
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

test('with finish every stream ends', () => {
  fc.assert(
    fc.property(anyOptions, arrivals(3 * MINUTE), fc.option(fc.constant(NOON)), (given, list, restored) => {
      const options = { ...given, whenIdle: 'finish' as const };
      const watermark = new SubscriptionWatermark(options, 0, restored);
      const end = list.reduce((now, { after, eventTime }) => {
        watermark.observe(eventTime, now + after);
        return now + after;
      }, 0);
      expect(watermark.isFinished(end + options.idleTimeoutMs + options.memoryMs)).toBe(true);
    }),
  );
});
