import type { Message } from '@google-cloud/pubsub';
import { InputError } from '../../../io/input_error';
import type { OutgoingMessage } from '../../../io/pubsub/outgoing_message';
import { topicName } from '../../../io/pubsub/topic_name';
import { MESSAGE_BYTES, TopicPublisher } from '../../../io/pubsub/topic_publisher';
import { describeWithPubsub, PubsubEmulator } from '../../emulators/pubsub';
import { Relay } from '../../emulators/relay';
import { makeTopic } from './topics';

test('a topic is named in full or by project and topic', () => {
  expect(topicName('topic', 'my-shop/events')).toBe('projects/my-shop/topics/events');
  expect(topicName('topic', 'projects/example.com:shop/topics/e.v-1')).toBe(
    'projects/example.com:shop/topics/e.v-1',
  );
  for (const wrong of [
    'events',
    'a/b/c',
    'my-shop/',
    '/events',
    'my-shop/ev ents',
    'projects/p/subscriptions/s',
  ])
    expect(() => topicName('topic', wrong)).toThrow(InputError);
});

function message(text: string, orderingKey = ''): OutgoingMessage {
  return { data: Buffer.from(text), attributes: { event_id: text }, orderingKey };
}

async function publishAll(publisher: TopicPublisher, messages: readonly OutgoingMessage[]): Promise<number> {
  let waits = 0;
  for (const each of messages) {
    const room = publisher.publish(each);
    if (room !== undefined) waits++;
    await room;
  }
  return waits;
}

function texts(messages: readonly Message[]): string[] {
  return messages.map(({ data }) => data.toString());
}

describeWithPubsub('publishing', (emulator) => {
  test('every message arrives once, with data, attributes and key', async () => {
    const topic = await makeTopic();
    const publisher = await TopicPublisher.open(topic.name);
    const sent = Array.from({ length: 3000 }, (_, i) => message(`m${i}`, i % 3 === 0 ? `k${i}` : ''));
    await publishAll(publisher, sent);
    await publisher.flush();
    expect(publisher.statistics).toMatchObject({ messages: 3000, confirmed: 3000, stalledMs: 0 });
    await publisher.close();
    const got = await topic.receive(3000);
    expect(new Set(texts(got)).size).toBe(3000);
    for (const { data, attributes, orderingKey } of got) {
      const text = data.toString();
      expect(attributes).toEqual({ event_id: text });
      expect(orderingKey ?? '').toBe(Number(text.slice(1)) % 3 === 0 ? `k${text.slice(1)}` : '');
    }
    await topic.close();
  });

  test('messages of one key arrive in their order', async () => {
    const topic = await makeTopic({ ordered: true });
    const publisher = await TopicPublisher.open(topic.name);
    const sent = Array.from({ length: 400 }, (_, i) => message(String(i), `session-${i % 7}`));
    await publishAll(publisher, sent);
    await publisher.flush();
    await publisher.close();
    const got = await topic.receive(400);
    for (let key = 0; key < 7; key++) {
      const own = got.filter(({ orderingKey }) => orderingKey === `session-${key}`);
      expect(texts(own).map(Number)).toEqual(sent.map((_, i) => i).filter((i) => i % 7 === key));
    }
    await topic.close();
  });

  test('what is under way is bounded by messages and by bytes', async () => {
    const topic = await makeTopic();
    const publisher = await TopicPublisher.open(topic.name, { messages: 10, bytes: 1 << 20 });
    let most = 0;
    for (let i = 0; i < 100; i++) {
      const room = publisher.publish(message(`m${i}`));
      const { messages, confirmed } = publisher.statistics;
      most = Math.max(most, messages - confirmed);
      await room;
    }
    expect(most).toBe(10);
    const large = { data: Buffer.alloc(9 << 20, 65), attributes: {}, orderingKey: '' };
    const room = publisher.publish(large);
    expect(room).toBeInstanceOf(Promise);
    await room;
    await publisher.flush();
    await publisher.close();
    const got = await topic.receive(101);
    expect(got.filter(({ data }) => data.length === 9 << 20)).toHaveLength(1);
    await topic.close();
  });

  test('a topic that is not there is an error at once', async () => {
    await expect(TopicPublisher.open('projects/local-test/topics/nowhere')).rejects.toThrow(
      /no such topic in the emulator at .*gcloud pubsub topics create nowhere --project local-test/,
    );
  });

  test('what the service refuses for good ends the publishing', async () => {
    const topic = await makeTopic();
    const publisher = await TopicPublisher.open(topic.name);
    await topic.remove();
    publisher.publish(message('lost', 'key'));
    await expect(publisher.flush()).rejects.toThrow(/there is no such topic/);
    expect(() => publisher.publish(message('later'))).toThrow(InputError);
    await publisher.close();
    await topic.close();
  });

  test('a message that no service takes is refused before it is sent, and leaves the others alone', async () => {
    const topic = await makeTopic();
    const publisher = await TopicPublisher.open(topic.name);
    const large = { data: Buffer.alloc(MESSAGE_BYTES - 3, 65), attributes: { a: 'é' }, orderingKey: 'k' };
    expect(() => publisher.publish(large)).toThrow(/a message of 10000001 bytes .* It begins with "AAAA/);
    publisher.publish(message('small'));
    await publisher.flush();
    await publisher.close();
    expect(texts(await topic.receive(1))).toEqual(['small']);
    await topic.close();
  });

  test('an outage is waited for; one without an end is an error that says so', async () => {
    const relay = await Relay.to(emulator().host);
    const topic = await makeTopic();
    process.env.PUBSUB_EMULATOR_HOST = relay.host;
    const patient = await TopicPublisher.open(topic.name);
    const hasty = await TopicPublisher.open(topic.name, { patienceMs: 1500 });
    await relay.cut();
    patient.publish(message('patient'));
    hasty.publish(message('hasty'));
    await expect(hasty.flush()).rejects.toThrow(`no Pub/Sub emulator answers at ${relay.host}`);
    expect(patient.statistics.confirmed).toBe(0);
    expect(patient.statistics.stalledMs).toBeGreaterThan(1000);
    await relay.mend();
    await patient.flush();
    expect(patient.statistics.confirmed).toBe(1);
    expect(texts(await topic.receive(1))).toEqual(['patient']);
    for (const publisher of [patient, hasty]) await publisher.close();
    process.env.PUBSUB_EMULATOR_HOST = emulator().host;
    await relay.cut();
    await topic.close();
  });

  test('an emulator that is down is an error at once', async () => {
    const own = await PubsubEmulator.start();
    process.env.PUBSUB_EMULATOR_HOST = own.host;
    await own.stop();
    await expect(TopicPublisher.open('projects/local-test/topics/any')).rejects.toThrow(
      `no Pub/Sub emulator answers at ${own.host} (PUBSUB_EMULATOR_HOST). Start it`,
    );
    process.env.PUBSUB_EMULATOR_HOST = emulator().host;
  });
});
