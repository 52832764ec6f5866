/** The fields that a record needs, read in place, are those that the message has; and messages are put together for the parser without losing any. */
import fc from 'fast-check';
import { MessageFields } from '../../../io/pubsub/message_fields';
import { MessagesToChunks } from '../../../io/pubsub/messages_to_chunks';
import { CHUNK_SLACK, type MessageChunk } from '../../../schema/chunk';
import { encodeMessage, type WireMessage } from './wire_message';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const message: fc.Arbitrary<WireMessage> = fc.record({
  data: fc.uint8Array({ maxLength: 400 }),
  attributes: fc
    .array(fc.tuple(fc.oneof(fc.constantFrom('', 'redrive_of', 'redrive', 'event_time'), text), text), {
      maxLength: 4,
    })
    .map((pairs) => new Map(pairs)),
  messageId: text,
  publishTime: fc.option(
    fc.record({
      seconds: fc.integer({ min: -1_000_000, max: 4_000_000_000 }),
      nanos: fc.nat(999_999_999),
    }),
  ),
  orderingKey: text,
});

test.each(['redrive_of', '', null])('looking for the attribute %j', (wanted) => {
  const fields = new MessageFields(wanted);
  fc.assert(
    fc.property(message, (each) => {
      const bytes = encodeMessage(each);
      fields.read(bytes);
      expect(Buffer.from(bytes.subarray(fields.dataStart, fields.dataEnd))).toEqual(Buffer.from(each.data));
      expect(Buffer.from(bytes.subarray(fields.idStart, fields.idEnd)).toString()).toBe(each.messageId);
      expect(fields.publishTime).toBe(
        each.publishTime === null
          ? Number.POSITIVE_INFINITY
          : each.publishTime.seconds * 1000 + Math.floor(each.publishTime.nanos / 1e6),
      );
      expect(fields.attribute).toBe(wanted === null ? null : (each.attributes.get(wanted) ?? null));
    }),
    { numRuns: 500 },
  );
});

const NONE = { attributes: new Map(), publishTime: null, orderingKey: '' };

test('fields that we do not know are passed over', () => {
  const known = encodeMessage({ ...NONE, messageId: 'm', data: Buffer.from('body') });
  const unknown = Buffer.from([
    ...[0x98, 0x06, 0x96, 0x01], // field 99, a number
    ...[0x92, 0x06, 0x02, 0xff, 0xff], // field 98, bytes
    ...[0x89, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], // field 97, 64 bits
    ...[0x85, 0x06, 1, 2, 3, 4], // field 96, 32 bits
  ]);
  const fields = new MessageFields(null);
  for (const bytes of [Buffer.concat([unknown, known]), Buffer.concat([known, unknown])]) {
    fields.read(bytes);
    expect(bytes.toString('utf8', fields.dataStart, fields.dataEnd)).toBe('body');
    expect(bytes.toString('utf8', fields.idStart, fields.idEnd)).toBe('m');
  }
});

test('any bytes are a message or are refused', () => {
  const fields = new MessageFields('key');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      try {
        fields.read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a message that is cut off is refused, or is one where a field ends', () => {
  const whole = encodeMessage({
    data: Buffer.from('body'),
    attributes: new Map([['key', 'value']]),
    messageId: 'id',
    publishTime: { seconds: 1_570_000_000, nanos: 1 },
    orderingKey: 'session',
  });
  const fields = new MessageFields('key');
  const read = Array.from(whole, (_, end) => {
    try {
      fields.read(whole.subarray(0, end));
      return true;
    } catch {
      return false;
    }
  });
  expect(read.filter(Boolean)).toHaveLength(5);
});

test('a bundle of messages is one chunk, with all that the parser needs of each', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 700 }), (all) => {
      const fn = new MessagesToChunks('projects/p/subscriptions/s');
      for (const [at, each] of all.entries())
        fn.process(encodeMessage(each), { timestamp: { lookup: () => ({ toNumber: () => at }) } });
      const [first, second, ...more] = [...fn.finishBundle()].map(({ value }) => value);
      expect(more).toEqual([]);
      if (all.length === 0) {
        expect(first).toBeUndefined();
        return;
      }
      expect(second).toEqual({ rangeEnd: { source: 'projects/p/subscriptions/s', rangeStart: 0 } });
      const chunk = first as MessageChunk;
      expect(chunk.count).toBe(all.length);
      expect(chunk.dataBytes).toBe(all.reduce((sum, { data }) => sum + data.length, 0));
      expect(chunk.bytes.length - Math.max(...chunk.bounds, 0)).toBeGreaterThanOrEqual(CHUNK_SLACK);
      for (const [at, { data, messageId, attributes }] of all.entries()) {
        const [from, to] = chunk.bounds.subarray(2 * at, 2 * at + 2);
        expect(Buffer.from(chunk.bytes.subarray(from, to))).toEqual(Buffer.from(data));
        const [idFrom, idTo] = chunk.ids.subarray(2 * at, 2 * at + 2);
        expect(Buffer.from(chunk.bytes.subarray(idFrom, idTo)).toString()).toBe(messageId);
        expect(chunk.timestamps[at]).toBe(at);
        expect(chunk.redriveOf.get(at)).toBe(attributes.get('redrive_of'));
      }
      expect([...fn.finishBundle()]).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
