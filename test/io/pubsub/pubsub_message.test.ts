import { protos } from '@google-cloud/pubsub';
import fc from 'fast-check';
import {
  decodePubsubMessage,
  encodePubsubMessage,
  type PubsubMessage,
  publishMillis,
} from '../../../io/pubsub/pubsub_message';

/** Google's own definition of the message. */
const { PubsubMessage: Definition } = protos.google.pubsub.v1;

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const messages: fc.Arbitrary<PubsubMessage> = fc.record({
  data: fc.uint8Array({ maxLength: 300 }),
  attributes: fc.array(fc.tuple(text, text), { maxLength: 5 }).map((entries) => new Map(entries)),
  messageId: text,
  publishTime: fc.option(
    fc.record({
      seconds: fc.oneof(
        fc.integer({ min: 0, max: 4_102_444_800 }),
        fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
      ),
      nanos: fc.integer({ min: 0, max: 999_999_999 }),
    }),
  ),
  orderingKey: text,
});

/** The same message as Google's definition sees it; keys that JavaScript's objects treat otherwise are left to the round trip. */
function asGoogles(message: PubsubMessage) {
  return {
    data: Buffer.from(message.data),
    attributes: Object.fromEntries(message.attributes),
    messageId: message.messageId,
    publishTime: message.publishTime,
    orderingKey: message.orderingKey,
  };
}

const hasUsualKeys = ({ attributes }: PubsubMessage) => !attributes.has('__proto__');

function plain({ data, ...rest }: PubsubMessage) {
  return { ...rest, data: Buffer.from(data).toString('hex') };
}

test('Google’s definition reads what we write', () => {
  fc.assert(
    fc.property(messages.filter(hasUsualKeys), (message) => {
      const { data, attributes, messageId, publishTime, orderingKey } = Definition.decode(
        encodePubsubMessage(message),
      );
      const time = publishTime && { seconds: Number(publishTime.seconds), nanos: publishTime.nanos };
      expect({
        data: Buffer.from(data as Buffer),
        attributes,
        messageId,
        publishTime: time ?? null,
        orderingKey,
      }).toEqual(asGoogles(message));
    }),
    { numRuns: 2000 },
  );
});

test('we read what Google’s definition writes', () => {
  fc.assert(
    fc.property(messages.filter(hasUsualKeys), (message) => {
      const written = Definition.encode(asGoogles(message)).finish();
      expect(plain(decodePubsubMessage(written))).toEqual(plain(message));
    }),
    { numRuns: 2000 },
  );
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(messages, (message) => {
      expect(plain(decodePubsubMessage(encodePubsubMessage(message)))).toEqual(plain(message));
    }),
  );
});

test('fields that we do not know are passed over', () => {
  const message = { messageId: 'm', orderingKey: '', publishTime: null, data: Buffer.from('body') };
  const known = encodePubsubMessage({ ...message, attributes: new Map() });
  const unknown = Buffer.from([
    ...[0x98, 0x06, 0x96, 0x01], // field 99, a number
    ...[0x92, 0x06, 0x02, 0xff, 0xff], // field 98, bytes
    ...[0x89, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], // field 97, 64 bits
    ...[0x85, 0x06, 1, 2, 3, 4], // field 96, 32 bits
  ]);
  for (const bytes of [Buffer.concat([unknown, known]), Buffer.concat([known, unknown])])
    expect(plain(decodePubsubMessage(bytes))).toEqual(plain({ ...message, attributes: new Map() }));
});

test('any bytes are a message or are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      try {
        decodePubsubMessage(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a message that is cut off is refused, or is one where a field ends', () => {
  const whole = encodePubsubMessage({
    data: Buffer.from('body'),
    attributes: new Map([['key', 'value']]),
    messageId: 'id',
    publishTime: { seconds: 1_570_000_000, nanos: 1 },
    orderingKey: 'session',
  });
  const read = Array.from(whole, (_, end) => {
    try {
      decodePubsubMessage(whole.subarray(0, end));
      return true;
    } catch {
      return false;
    }
  });
  expect(read.filter(Boolean)).toHaveLength(5);
});

test('a publish time in milliseconds is rounded down', () => {
  expect(publishMillis({ seconds: 1, nanos: 999_999_999 })).toBe(1999);
  expect(publishMillis({ seconds: -1, nanos: 1_000_000 })).toBe(-999);
});
