import {
  END_OF_TIME,
  NO_WATERMARK,
  SubscriptionWatermark,
  type WatermarkOptions,
  type WhenIdle,
} from '../../../io/pubsub/subscription_watermark';
import { BUCKET_MS, WatermarkMemory } from '../../../io/pubsub/watermark_memory';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Event times are of another year than arrival times: nothing here may depend on the wall clock. */
const NOON = Date.parse('2019-10-01T12:00:00Z');

const OPTIONS: WatermarkOptions = {
  memoryMs: MINUTE,
  slackMs: 0,
  maxJumpMs: HOUR,
  whenIdle: 'hold',
  idleTimeoutMs: 2 * MINUTE,
};

const watermarkWith = (options: Partial<WatermarkOptions> = {}, restored: number | null = null) =>
  new SubscriptionWatermark({ ...OPTIONS, ...options }, 0, restored);

/** Live traffic: from `from` to `to` a message a second, each with the event time `eventTime` gives it. Returns the watermark at `to`. */
function live(
  watermark: SubscriptionWatermark,
  from: number,
  to: number,
  eventTime = (now: number) => NOON + now,
): number {
  for (let now = from; now < to; now += SECOND) {
    watermark.observe(eventTime(now), now);
    watermark.at(now);
  }
  return watermark.at(to);
}

describe('at start', () => {
  test('there is no watermark before the first message', () => {
    expect(watermarkWith().at(HOUR)).toBe(NO_WATERMARK);
  });

  test('nine messages are not enough, the tenth is', () => {
    const watermark = watermarkWith();
    expect(live(watermark, 0, 9 * SECOND)).toBe(NO_WATERMARK);
    expect(live(watermark, 9 * SECOND, 10 * SECOND)).toBe(NOON);
  });

  test('a thousand messages in one bucket are not enough, one in the next is', () => {
    const watermark = watermarkWith();
    for (let count = 0; count < 1000; count++) watermark.observe(NOON, 0);
    expect(watermark.at(BUCKET_MS - 1)).toBe(NO_WATERMARK);
    watermark.observe(NOON + 1, BUCKET_MS);
    expect(watermark.at(BUCKET_MS)).toBe(NOON);
  });

  test('a message from the future does not set it', () => {
    const watermark = watermarkWith();
    watermark.observe(NOON + 1000 * HOUR, 0);
    expect(live(watermark, 2 * MINUTE, 3 * MINUTE)).toBe(NOON + 2 * MINUTE);
  });

  test('ten messages in as many hours are enough', () => {
    const watermark = watermarkWith();
    for (let hour = 0; hour < 10; hour++) {
      expect(watermark.at(hour * HOUR)).toBe(NO_WATERMARK);
      watermark.observe(NOON + hour * HOUR, hour * HOUR);
    }
    expect(watermark.at(9 * HOUR)).toBe(NOON);
  });
});

describe('while messages come', () => {
  test('it is the smallest event time of the memory, which a bucket leaves as a whole', () => {
    const watermark = watermarkWith();
    expect(live(watermark, 0, MINUTE + BUCKET_MS - 1)).toBe(NOON);
    expect(watermark.at(MINUTE + BUCKET_MS)).toBe(NOON + BUCKET_MS);
  });

  test('slack keeps it back', () => {
    expect(live(watermarkWith({ slackMs: 7 * SECOND }), 0, MINUTE)).toBe(NOON - 7 * SECOND);
  });

  test('messages out of order hold it as long as they are in memory', () => {
    const watermark = watermarkWith();
    live(watermark, 0, 2 * MINUTE);
    watermark.observe(NOON + 70 * SECOND, 2 * MINUTE);
    expect(live(watermark, 2 * MINUTE, 3 * MINUTE)).toBe(NOON + 70 * SECOND);
    expect(live(watermark, 3 * MINUTE, 3 * MINUTE + BUCKET_MS)).toBe(NOON + 2 * MINUTE + BUCKET_MS);
  });

  test('one message from the future does not push it, though nothing else comes', () => {
    const watermark = watermarkWith();
    live(watermark, 0, 2 * MINUTE);
    watermark.observe(NOON + 5 * HOUR, 2 * MINUTE + 4 * SECOND);
    for (let now = 2 * MINUTE; now < HOUR; now += SECOND)
      expect(watermark.at(now)).toBeLessThan(NOON + 2 * MINUTE);
  });

  test('a day that is missing in the data is leapt over when the next one comes', () => {
    const watermark = watermarkWith();
    live(watermark, 0, 2 * MINUTE);
    const next = (now: number) => NOON + 24 * HOUR + now;
    expect(live(watermark, 2 * MINUTE, 5 * MINUTE, next)).toBeGreaterThanOrEqual(next(3 * MINUTE));
  });

  test('it does not pass what has come and is not given out yet', () => {
    const watermark = watermarkWith();
    live(watermark, 0, 3 * MINUTE);
    const before = watermark.current;
    for (let now = 3 * MINUTE; now < 10 * MINUTE; now += SECOND) {
      watermark.observe(NOON + now, now);
      expect(watermark.at(now, before + 1)).toBeLessThanOrEqual(before + 1);
    }
    expect(watermark.at(10 * MINUTE)).toBeGreaterThan(before + 5 * MINUTE);
  });
});

describe('when idle', () => {
  test.each<[WhenIdle, number]>([
    ['hold', 0],
    ['finish', 0],
    ['advance', 60 * MINUTE],
  ])('%s', (whenIdle, moved) => {
    const watermark = watermarkWith({ whenIdle, idleTimeoutMs: 2 * HOUR });
    live(watermark, 0, 2 * MINUTE);
    for (let now = 2 * MINUTE; now < 3 * MINUTE; now += SECOND) watermark.at(now);
    const before = watermark.at(3 * MINUTE);
    expect(before).toBe(NOON + 2 * MINUTE - BUCKET_MS);
    expect(watermark.at(63 * MINUTE) - before).toBe(moved);
  });

  test('it advances by the time that passes, however often it is asked', () => {
    const [often, rarely] = [1, 2].map(() => watermarkWith({ whenIdle: 'advance' }));
    for (const watermark of [often, rarely]) {
      live(watermark, 0, 2 * MINUTE);
      for (let now = 2 * MINUTE; now < 3 * MINUTE; now += SECOND) watermark.at(now);
    }
    for (let now = 3 * MINUTE; now < 30 * MINUTE; now += 77) often.at(now);
    expect(often.at(30 * MINUTE)).toBe(rarely.at(30 * MINUTE));
  });

  test('a replay that goes on after a pause waits for its messages to catch up', () => {
    const watermark = watermarkWith({ whenIdle: 'advance' });
    live(watermark, 0, 2 * MINUTE);
    for (let now = 2 * MINUTE; now < 22 * MINUTE; now += SECOND) watermark.at(now);
    const before = watermark.current;
    const paused = 20 * MINUTE;
    const replay = (now: number) => NOON + now - paused;
    expect(live(watermark, 22 * MINUTE, 40 * MINUTE, replay)).toBe(before);
    expect(live(watermark, 40 * MINUTE, 45 * MINUTE, replay)).toBeGreaterThan(before);
  });

  test('messages of long ago are no traffic: it advances all the same', () => {
    const watermark = watermarkWith({ whenIdle: 'advance' });
    live(watermark, 0, 2 * MINUTE);
    const alone = watermarkWith({ whenIdle: 'advance' });
    live(alone, 0, 2 * MINUTE);
    live(watermark, 2 * MINUTE, HOUR, () => NOON - 30 * HOUR);
    for (let now = 2 * MINUTE; now <= HOUR; now += SECOND) alone.at(now);
    expect(watermark.current).toBe(alone.current);
  });

  test('no watermark stays none', () => {
    const watermark = watermarkWith({ whenIdle: 'advance' });
    watermark.observe(NOON, 0);
    expect(watermark.at(10 * HOUR)).toBe(NO_WATERMARK);
  });

  test('finish is over after the idle timeout, and not before', () => {
    const watermark = watermarkWith({ whenIdle: 'finish' });
    live(watermark, 0, MINUTE);
    watermark.observeUnknown(90 * SECOND);
    expect(watermark.isFinished(90 * SECOND + 2 * MINUTE - 1)).toBe(false);
    expect(watermark.at(90 * SECOND + 2 * MINUTE - 1)).toBeLessThan(NOON + MINUTE);
    expect(watermark.isFinished(90 * SECOND + 2 * MINUTE)).toBe(true);
    expect(watermark.at(HOUR)).toBe(END_OF_TIME);
  });

  test.each<WhenIdle>(['advance', 'hold'])('%s is never over', (whenIdle) => {
    expect(watermarkWith({ whenIdle }).isFinished(1000 * HOUR)).toBe(false);
  });
});

describe('after a restart', () => {
  test('it stays for the length of the memory, and what came meanwhile counts', () => {
    const watermark = watermarkWith({}, NOON);
    expect(live(watermark, 0, MINUTE)).toBe(NOON);
    expect(live(watermark, MINUTE, MINUTE + BUCKET_MS)).toBe(NOON + BUCKET_MS);
  });

  test('what comes again then is not late, though newer messages came first', () => {
    const watermark = watermarkWith({}, NOON);
    live(watermark, 0, 50 * SECOND, (now) => NOON + 30 * MINUTE + now);
    watermark.observe(NOON + MINUTE, 50 * SECOND);
    expect(live(watermark, 50 * SECOND, 100 * SECOND, (now) => NOON + 30 * MINUTE + now)).toBe(NOON + MINUTE);
  });

  test('without messages it holds for the length of the memory, then advances', () => {
    const watermark = watermarkWith({ whenIdle: 'advance' }, NOON);
    expect(watermark.at(MINUTE)).toBe(NOON);
    expect(watermark.at(3 * MINUTE)).toBe(NOON + 2 * MINUTE);
  });

  test('it is not over before the memory is', () => {
    const watermark = watermarkWith({ whenIdle: 'finish', idleTimeoutMs: SECOND }, NOON);
    expect(watermark.isFinished(MINUTE - 1)).toBe(false);
    expect(watermark.isFinished(MINUTE)).toBe(true);
  });
});

const bucketsOf = (memory: WatermarkMemory) => (memory as unknown as { buckets: unknown[] }).buckets.length;

test('what is remembered does not grow with the number of messages', () => {
  const memory = new WatermarkMemory(MINUTE);
  let most = 0;
  for (let now = 0; now < HOUR; now += 10) {
    memory.add(NOON + now, now);
    if (now % SECOND === 0) memory.forget(now);
    most = Math.max(most, bucketsOf(memory));
  }
  expect(most).toBeLessThanOrEqual(MINUTE / BUCKET_MS + 2);
  for (let now = 2 * HOUR; now < 100 * HOUR; now += 10 * MINUTE) {
    memory.add(NOON + now, now);
    memory.forget(now);
    expect(bucketsOf(memory)).toBeLessThanOrEqual(11);
  }
});
