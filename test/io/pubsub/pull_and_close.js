/** Pulls COUNT messages of a subscription, acks them, closes the source and ends at once: a run that is drained. Usage: node pull_and_close.js SUBSCRIPTION COUNT */
const path = require('node:path');
const { SubscriptionSource } = require(
  path.join(__dirname, '..', '..', '..', 'dist', 'io', 'pubsub', 'subscription_source.js'),
);

const [subscription, count] = process.argv.slice(2);
const source = new SubscriptionSource({
  subscription,
  timestampAttribute: 'event_time',
  eventTimeOf: () => Number.NaN,
});

(async () => {
  await source.open(null);
  for (let pulled = 0; pulled < Number(count); ) pulled += (await source.pull(10_000, 200)).elements.length;
  await source.finalise(source.mark());
  // Streams on which nothing has come for a moment.
  await source.pull(1, 1500);
  await source.close();
  process.exit(0);
})();
