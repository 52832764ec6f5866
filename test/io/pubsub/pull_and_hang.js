/** Pulls COUNT messages of a subscription, says so, and acks nothing: a run that tests kill. Usage: node pull_and_hang.js SUBSCRIPTION COUNT LEASE_SECONDS */
const fs = require('node:fs');
const path = require('node:path');
const { SubscriptionSource } = require(
  path.join(__dirname, '..', '..', '..', 'dist', 'io', 'pubsub', 'subscription_source.js'),
);

const [subscription, count, lease] = process.argv.slice(2);
const source = new SubscriptionSource({
  subscription,
  timestampAttribute: 'event_time',
  eventTimeOf: () => Number.NaN,
  limits: { leaseSeconds: Number(lease) },
});

(async () => {
  await source.open(null);
  for (let pulled = 0; pulled < Number(count); ) pulled += (await source.pull(10_000, 200)).elements.length;
  fs.writeSync(1, 'pulled');
})();
