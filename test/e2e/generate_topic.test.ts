/** `funnelpulse generate --topic`, as a user starts it, to a real emulator. */
import { describeWithPubsub } from '../emulators/pubsub';
import { makeTopic } from '../io/pubsub/topics';
import { start } from './product';

test.each([
  [['--topic', 'local-test/any', '--days', '3'], /--days is for files/],
  [['--topic', 'local-test/any', '--incidents', '3'], /--incidents is for files: with --topic, type them/],
  [['--topic', 'local-test/any', '--rate', '0'], /--rate 0: a number above 0/],
  [['--topic', 'local-test/any', '--start', 'soon'], /--start soon: a day or a time like/],
  [['--events', '1', '--days', '1', '--out', 'x.csv', '--rate', '3'], /--rate is for --topic/],
  [['--days', '1'], /--events and --out are missing, or --topic/],
])('%j is one message', async (args, message) => {
  const ended = await start(['generate', ...args]).ended;
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(message);
});

describeWithPubsub('generate to a topic', () => {
  test('events happen now, at the rate, and end after so many', async () => {
    const topic = await makeTopic();
    const before = Math.floor(Date.now() / 1000) * 1000;
    const flags = ['--rate', '200', '--events', '500', '--json'];
    const ended = await start(['generate', '--topic', topic.name, ...flags]).ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const summary = JSON.parse(ended.stdout);
    expect(summary).toMatchObject({ messages: 500, stopped_by: null, incidents: [], topic: topic.name });
    expect(summary.seconds).toBeGreaterThan(2);
    const got = await topic.receive(500);
    await topic.close();
    for (const { data, attributes, publishTime } of got) {
      const { event_time, event_type, user_session } = JSON.parse(data.toString());
      const time = Date.parse(attributes.event_time);
      expect(Date.parse(`${event_time.slice(0, 19)}Z`)).toBe(time);
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(publishTime.getTime());
      expect(event_type).toMatch(/^(view|cart|remove_from_cart|purchase)$/);
      expect(typeof user_session).toBe('string');
    }
  });

  test('a line that is typed begins an incident, and the summary tells it', async () => {
    const topic = await makeTopic();
    const flags = ['--rate', '300', '--speed', '60', '--start', '2026-01-01', '--json', '--seed', '3'];
    const shop = start(['generate', '--topic', topic.name, ...flags], { typing: true });
    await topic.receive(30);
    shop.process.stdin?.write('outage\nnonsense\n');
    await topic.receive(600);
    shop.process.kill('SIGTERM');
    const ended = await shop.ended;
    await topic.close();
    expect(ended.code).toBe(143);
    expect(ended.stderr).toMatch(
      /^outage from 2026-01-01T00:0\d:\d\d.000Z until you type end\n"nonsense" is no command/,
    );
    const { incidents, stopped_by, first_event_time, last_event_time } = JSON.parse(ended.stdout);
    expect(stopped_by).toBe('SIGTERM');
    expect(incidents).toEqual([
      expect.objectContaining({ kind: 'outage', brand: null, factor: 0, end: null }),
    ]);
    expect(first_event_time.startsWith('2026-01-01T00:00:')).toBe(true);
    expect(last_event_time >= incidents[0].start).toBe(true);
  });
});
