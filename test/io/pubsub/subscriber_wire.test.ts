/** Requests and responses as bytes, held against Google's own definitions. */
import { protos } from '@google-cloud/pubsub';
import fc from 'fast-check';
import { AckIds, type AckRange, countOf, inRequests } from '../../../io/pubsub/ack_ids';
import {
  acknowledgeRequest,
  modifyDeadlineRequest,
  pullRequest,
  receivedIn,
  streamingPullRequest,
} from '../../../io/pubsub/subscriber_wire';

const {
  AcknowledgeRequest,
  ModifyAckDeadlineRequest,
  PullRequest,
  PullResponse,
  StreamingPullRequest,
  StreamingPullResponse,
} = protos.google.pubsub.v1;

const NAME = 'projects/shop/subscriptions/events';

/** Ack ids as if they had come in one response. */
function ackIds(ids: readonly string[]): AckIds {
  const response = PullResponse.encode({
    receivedMessages: ids.map((ackId) => ({ ackId, message: {} })),
  }).finish();
  return AckIds.of(response, receivedIn(response).ackIds);
}

const someIds = fc.array(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme-ascii' }), {
  minLength: 1,
  maxLength: 20,
});
/** Parts of some responses, with the ids that they hold. */
const someRanges = fc
  .array(
    someIds.chain((ids) =>
      fc
        .tuple(fc.nat(ids.length), fc.nat(ids.length))
        .map(([a, b]) => ({ ids, from: Math.min(a, b), to: Math.max(a, b) })),
    ),
    { maxLength: 4 },
  )
  .map((parts) => ({
    ranges: parts.map(({ ids, from, to }): AckRange => ({ ids: ackIds(ids), from, to })),
    ids: parts.flatMap(({ ids, from, to }) => ids.slice(from, to)),
  }));

test('requests for messages', () => {
  expect(PullRequest.decode(pullRequest(NAME, 7)).toJSON()).toEqual({
    subscription: NAME,
    returnImmediately: true,
    maxMessages: 7,
  });
  expect(StreamingPullRequest.decode(streamingPullRequest(NAME, 600, 500_000)).toJSON()).toEqual({
    subscription: NAME,
    streamAckDeadlineSeconds: 600,
    maxOutstandingMessages: '500000',
  });
});

test('requests with ack ids', () => {
  fc.assert(
    fc.property(someRanges, fc.nat(600), ({ ranges, ids }, seconds) => {
      const acked = AcknowledgeRequest.decode(acknowledgeRequest(NAME, ranges));
      expect(acked).toMatchObject({ subscription: NAME, ackIds: ids });
      const modified = ModifyAckDeadlineRequest.decode(modifyDeadlineRequest(NAME, ranges, seconds));
      expect(modified).toMatchObject({ subscription: NAME, ackIds: ids, ackDeadlineSeconds: seconds });
    }),
  );
});

test('the messages of a response, among all else that it may hold', () => {
  const message = fc.record({
    ackId: fc.string({ maxLength: 200 }),
    data: fc.uint8Array({ maxLength: 300 }),
    deliveryAttempt: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 10 }), fc.boolean(), (list, isExactlyOnce) => {
      const response = StreamingPullResponse.encode({
        receivedMessages: list.map(({ ackId, data, deliveryAttempt }) => ({
          ackId,
          message: { data: Buffer.from(data) },
          deliveryAttempt,
        })),
        subscriptionProperties: { exactlyOnceDeliveryEnabled: isExactlyOnce, messageOrderingEnabled: true },
        acknowledgeConfirmation: { ackIds: ['a'] },
      }).finish();
      const { ackIds, messages } = receivedIn(response);
      const text = (from: number, to: number) => Buffer.from(response.subarray(from, to)).toString();
      expect(list.map((_, at) => text(ackIds[2 * at], ackIds[2 * at + 1]))).toEqual(
        list.map(({ ackId }) => ackId),
      );
      expect(messages).toHaveLength(2 * list.length);
      for (const [at, { data }] of list.entries()) {
        const { PubsubMessage } = protos.google.pubsub.v1;
        const read = PubsubMessage.decode(response.subarray(messages[2 * at], messages[2 * at + 1]));
        expect(Buffer.from(read.data as Buffer)).toEqual(Buffer.from(data));
      }
    }),
  );
});

test('a heartbeat, a response without anything, holds no messages', () => {
  expect(receivedIn(Buffer.alloc(0))).toEqual({ ackIds: [], messages: [] });
});

test('a response that is cut off is refused', () => {
  const response = PullResponse.encode({
    receivedMessages: [{ ackId: 'id', message: { messageId: '1' } }],
  }).finish();
  for (let end = 1; end < response.length; end++)
    expect(() => receivedIn(response.subarray(0, end))).toThrow(RangeError);
});

test('any number of ack ids, of any length, goes into requests that the service takes, in order', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ count: fc.integer({ min: 1, max: 4000 }), length: fc.integer({ min: 1, max: 1000 }) }),
        { maxLength: 4 },
      ),
      (responses) => {
        let number = 0;
        const ids = responses.map(({ count, length }) =>
          Array.from({ length: count }, () => `${number++}`.padStart(length, '.')),
        );
        const ranges = ids.map((list): AckRange => ({ ids: ackIds(list), from: 1, to: list.length }));
        const requests = [...inRequests(ranges)];
        expect(requests.reduce((sum, request) => sum + countOf(request), 0)).toBe(countOf(ranges));
        const sent = requests.flatMap((request) => {
          const bytes = acknowledgeRequest(NAME, request);
          expect(bytes.length).toBeLessThan(512 * 1024);
          expect(countOf(request)).toBeLessThanOrEqual(2500);
          return AcknowledgeRequest.decode(bytes).ackIds;
        });
        expect(sent).toEqual(ids.flatMap((list) => list.slice(1)));
      },
    ),
    { numRuns: 20 },
  );
});
