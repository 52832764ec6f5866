/** What the graph of replay_run.js runs. */
const fs = require('node:fs');
const { requireForSerialization } = require('apache-beam/serialization');

class KeyNumber {
  *process(number) {
    yield { key: String(number % 7), value: number };
  }
}

class SumOfNumbers {
  createAccumulator() {
    return { sum: 0, count: 0 };
  }
  addInput({ sum, count }, number) {
    return { sum: sum + number, count: count + 1 };
  }
  mergeAccumulators(all) {
    let [sum, count] = [0, 0];
    for (const each of all) {
      sum += each.sum;
      count += each.count;
    }
    return { sum, count };
  }
  extractOutput(accumulator) {
    return accumulator;
  }
}

/** Appends rows to a file at the end of each bundle. */
class WriteRows {
  constructor(file) {
    this.file = file;
  }
  startBundle() {
    this.__lines = [];
  }
  process({ key, value }, context) {
    this.__lines.push(JSON.stringify({ id: `${key} ${context.window.lookup().start}`, ...value }));
  }
  finishBundle() {
    if (this.__lines.length > 0) fs.appendFileSync(this.file, `${this.__lines.join('\n')}\n`);
  }
}

requireForSerialization('funnelpulse/test/replay', { KeyNumber, SumOfNumbers, WriteRows });
module.exports = { KeyNumber, SumOfNumbers, WriteRows };
