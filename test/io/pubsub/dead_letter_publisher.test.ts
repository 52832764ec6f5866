import { deadLetterMessage, publishDeadLetters } from '../../../io/pubsub/dead_letter_publisher';
import { TopicPublisher } from '../../../io/pubsub/topic_publisher';
import type { DeadLetterRow } from '../../../schema/tables';
import { describeWithPubsub } from '../../emulators/pubsub';
import { makeTopic } from './topics';

function row(position: string, changes: Partial<DeadLetterRow> = {}): DeadLetterRow {
  return {
    rejected_at: 0,
    stage: 'parse',
    reason: 'bad_price',
    message: 'price is "x"',
    source: 'projects/shop/subscriptions/events',
    position,
    line: null,
    payload: '{"price":"x"}',
    payload_encoding: 'utf8',
    event_time: null,
    event_date: null,
    columns: null,
    ...changes,
  };
}

test('a text that is too long for an attribute is cut between two characters', () => {
  const { attributes } = deadLetterMessage(
    row('1', { message: `${'a'.repeat(1020)}💰tail`, source: '€'.repeat(400) }),
  );
  expect(attributes.message).toBe(`${'a'.repeat(1020)}…`);
  expect(attributes.source).toBe(`${'€'.repeat(340)}…`);
  expect(deadLetterMessage(row('1', { message: 'é'.repeat(512) })).attributes.message).toBe('é'.repeat(512));
});

test('a payload that leaves no room for attributes is left out, and its size told', () => {
  const { data, attributes } = deadLetterMessage(row('1', { payload: 'A'.repeat(9_999_990) }));
  expect(data).toHaveLength(0);
  expect(attributes.payload_omitted).toBe('9999990');
});

describeWithPubsub('a dead-letter topic', () => {
  test('has the original bytes, and why they were rejected', async () => {
    const topic = await makeTopic();
    const publisher = await TopicPublisher.open(topic.name);
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
    const rows = [
      row('11', { event_time: Date.parse('2026-11-01T10:20:30.450Z') }),
      row('12', { payload: bytes.toString('base64'), payload_encoding: 'base64', reason: 'not_json' }),
      row('13', { payload: '' }),
      row('14', { payload: 'A'.repeat(9_999_990) }),
    ];
    await publishDeadLetters(publisher, rows);
    expect(publisher.statistics).toMatchObject({ messages: 4, confirmed: 4 });
    await publisher.close();
    const got = new Map((await topic.receive(4)).map((each) => [each.attributes.position, each]));
    expect(got.get('11')?.data.toString()).toBe('{"price":"x"}');
    expect(got.get('11')?.attributes).toEqual({
      reason: 'bad_price',
      stage: 'parse',
      message: 'price is "x"',
      source: 'projects/shop/subscriptions/events',
      position: '11',
      event_time: '2026-11-01T10:20:30.450Z',
    });
    expect(got.get('12')?.data.equals(bytes)).toBe(true);
    expect(got.get('12')?.attributes).toMatchObject({ reason: 'not_json', position: '12' });
    expect(got.get('12')?.attributes).not.toHaveProperty('event_time');
    expect(got.get('13')?.data).toHaveLength(0);
    expect(got.get('14')?.data).toHaveLength(0);
    expect(got.get('14')?.attributes).toMatchObject({ payload_omitted: '9999990' });
    await topic.close();
  });

  test('that refuses them is an error before anything is committed', async () => {
    const topic = await makeTopic();
    const publisher = await TopicPublisher.open(topic.name);
    await topic.remove();
    await expect(publishDeadLetters(publisher, [row('1')])).rejects.toThrow(/there is no such topic/);
    await publisher.close();
    await topic.close();
  });
});
