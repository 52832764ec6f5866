/** The example of docs/streaming.md, played: every row of its table is looked up there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DEFAULT_IDLE_TIMEOUT_MS,
  DEFAULT_MAX_JUMP_MS,
  DEFAULT_MEMORY_MS,
  DEFAULT_SLACK_MS,
  NO_WATERMARK,
  SubscriptionWatermark,
} from '../../../io/pubsub/subscription_watermark';

const DOCS = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'streaming.md'), 'utf8');

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
const shown = (time: number) => (time === NO_WATERMARK ? 'none' : new Date(time).toISOString().slice(11, 19));

/** Arrival, and the event time of what comes besides the shop's own event of that second. */
const BESIDES: Record<string, string> = {
  '12:02:00': '12:01:10',
  '12:02:01': '11:40:00',
  '12:02:02': '18:00:00',
};

test('the watermark is what the table says', () => {
  const rows = [...DOCS.matchAll(/^\| (\d\d:\d\d:\d\d) \|.*\| (none|\d\d:\d\d:\d\d) \|$/gm)];
  expect(rows.length).toBeGreaterThan(8);
  const watermark = new SubscriptionWatermark(
    {
      memoryMs: DEFAULT_MEMORY_MS,
      slackMs: DEFAULT_SLACK_MS,
      maxJumpMs: DEFAULT_MAX_JUMP_MS,
      whenIdle: 'advance',
      idleTimeoutMs: DEFAULT_IDLE_TIMEOUT_MS,
    },
    at('12:00:00'),
  );
  const seen = new Map<string, string>();
  for (let now = at('12:00:00'); now <= at('12:40:00'); now += 1000) {
    if (now < at('12:10:00')) watermark.observe(now - 2000, now);
    const besides = BESIDES[shown(now)];
    if (besides !== undefined) watermark.observe(at(besides), now);
    seen.set(shown(now), shown(watermark.at(now)));
  }
  expect(rows.map(([, time, value]) => [time, value])).toEqual(
    rows.map(([, time]) => [time, seen.get(time)]),
  );
});
