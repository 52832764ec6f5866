/** Steps that lose or repeat a batch between parsing and counting. Plain JavaScript, so that worker threads of the built program can load them. */
const { requireForSerialization } = require('apache-beam/serialization');

const HOUR_MS = 3_600_000;

/** Does what KeyBatch does, but for the first batch of an hour, which it gives out `times` times. */
class FaultyKeyBatch {
  constructor(hour, times) {
    this.hour = hour;
    this.times = times;
    this.done = false;
  }
  *process({ key, batch }) {
    const isFaulty = !this.done && Math.floor(batch.earliest / HOUR_MS) * HOUR_MS === this.hour;
    this.done ||= isFaulty;
    for (let left = isFaulty ? this.times : 1; left > 0; left--) yield { key: String(key), value: batch };
  }
}

requireForSerialization('funnelpulse/test/ledger', { FaultyKeyBatch });
module.exports = { FaultyKeyBatch };
