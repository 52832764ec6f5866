/** The fields that a record needs, read in place, are those that decoding the whole message gives; and messages are put together for the parser without losing any. */
import fc from 'fast-check';
import { MessageFields } from '../../../io/pubsub/message_fields';
import { MessagesToChunks } from '../../../io/pubsub/messages_to_chunks';
import {
  decodePubsubMessage,
  encodePubsubMessage,
  type PubsubMessage,
  publishMillis,
} from '../../../io/pubsub/pubsub_message';
import { CHUNK_SLACK, type MessageChunk } from '../../../schema/chunk';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const message: fc.Arbitrary<PubsubMessage> = fc.record({
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
      const bytes = encodePubsubMessage(each);
      fields.read(bytes);
      const whole = decodePubsubMessage(bytes);
      expect(Buffer.from(bytes.subarray(fields.dataStart, fields.dataEnd))).toEqual(Buffer.from(whole.data));
      expect(Buffer.from(bytes.subarray(fields.idStart, fields.idEnd)).toString()).toBe(whole.messageId);
      expect(fields.publishTime).toBe(
        whole.publishTime === null ? Number.POSITIVE_INFINITY : publishMillis(whole.publishTime),
      );
      expect(fields.attribute).toBe(wanted === null ? null : (whole.attributes.get(wanted) ?? null));
    }),
    { numRuns: 500 },
  );
});

test('a bundle of messages is one chunk, with all that the parser needs of each', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 700 }), (all) => {
      const fn = new MessagesToChunks('projects/p/subscriptions/s');
      for (const [at, each] of all.entries())
        fn.process(encodePubsubMessage(each), { timestamp: { lookup: () => ({ toNumber: () => at }) } });
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
