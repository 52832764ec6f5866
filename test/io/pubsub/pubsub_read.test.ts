/** Beam's read of a subscription as a graph has it, and on the local runner. */
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { PUBSUB_READ_URN, readFromPubsub } from '../../../beam/pubsub_read';
import { NO_WATERMARK } from '../../../io/pubsub/subscription_watermark';
import { describeWithPubsub } from '../../emulators/pubsub';
import { collect, pipeline, runLocal } from '../../runners/graphs';
import { numbersIn, TestSubscription, upTo } from './test_subscription';

test('the root says what is read', () => {
  const { components } = pipeline((root) => {
    root.apply(
      readFromPubsub({
        subscription: 'projects/p/subscriptions/s',
        timestampAttribute: 'at',
        idAttribute: 'id',
      }) as never,
    );
  });
  const read = Object.values(components!.transforms).find(({ spec }) => spec?.urn === PUBSUB_READ_URN)!;
  expect(runnerApi.PubSubReadPayload.fromBinary(read.spec!.payload)).toMatchObject({
    topic: '',
    subscription: 'projects/p/subscriptions/s',
    timestampAttribute: 'at',
    idAttribute: 'id',
    withAttributes: true,
  });
  expect(read.inputs).toEqual({});
  const [output] = Object.values(read.outputs);
  const collection = components!.pcollections[output];
  expect(collection.isBounded).toBe(runnerApi.IsBounded_Enum.UNBOUNDED);
  expect(components!.coders[collection.coderId].spec!.urn).toBe('beam:coder:bytes:v1');
  expect(components!.windowingStrategies[collection.windowingStrategyId].windowFn!.urn).toBe(
    'beam:window_fn:global_windows:v1',
  );
});

describeWithPubsub('the local runner', () => {
  test('reads a subscription to its end', async () => {
    const subscription = await TestSubscription.create();
    await subscription.publishNumbers(500);
    await subscription.publish([{ attributes: { event_time: 'unknown' } }]);
    const source = subscription.source({ watermark: { whenIdle: 'finish', idleTimeoutMs: 2000 } });
    const { lines } = await runLocal(
      (root, file) => {
        const read = readFromPubsub({ subscription: subscription.name, timestampAttribute: 'event_time' });
        collect(root.apply(read as never), 'Collect', file);
      },
      { sources: { [PUBSUB_READ_URN]: () => source } },
    );
    await subscription.close();
    const elements = lines.map(({ value, timestamp }) => ({
      value: Buffer.from(String(value).slice('bytes '.length), 'hex'),
      timestamp: Number(timestamp),
    }));
    expect(lines).toHaveLength(501);
    const known = elements.filter(({ timestamp }) => timestamp > 0);
    expect(numbersIn(known)).toEqual(upTo(500));
    for (const element of known)
      expect(element.timestamp).toBe(Date.UTC(2019, 9, 1) + numbersIn([element])[0] * 1000);
    expect(elements.filter(({ timestamp }) => timestamp === NO_WATERMARK)).toHaveLength(1);
  });
});
