/** What the graph of runner.js runs. */
const { requireForSerialization } = require('apache-beam/serialization');
const Long = require('long');
require('../dist/beam/json_coder.js');

const KEYS = 1000;

class MakeNumbers {
  constructor(count) {
    this.count = count;
  }
  *process() {
    for (let i = 0; i < this.count; i++) yield { key: `k${i % KEYS}`, value: i };
  }
}

/** A millisecond apart. */
function timeOf({ value }) {
  return Long.fromNumber(value);
}

class Sum {
  createAccumulator() {
    return 0;
  }
  addInput(sum, number) {
    return sum + number;
  }
  mergeAccumulators(sums) {
    let total = 0;
    for (const sum of sums) total += sum;
    return total;
  }
  extractOutput(sum) {
    return sum;
  }
  accumulatorCoder() {
    const { JsonCoder } = require('../dist/beam/json_coder.js');
    return new JsonCoder();
  }
}

class Check {
  process({ value }) {
    if (!(value >= 0)) throw new Error(`a sum is ${value}`);
  }
}

requireForSerialization('funnelpulse/bench/runner', { MakeNumbers, Sum, Check, timeOf });
module.exports = { MakeNumbers, Sum, Check, timeOf };
