/** The ends of a funnel that tests stream: lines of CSV in, rows into memory or a file. Plain JavaScript, registered as all that a graph holds. */
const { appendFileSync } = require('node:fs');
const { requireForSerialization } = require('apache-beam/serialization');
const { GlobalWindow } = require('apache-beam/values');
const Long = require('long');

const SLACK = 32;

/** Lines of CSV, each behind its position and a tab if it has one → chunks as a reader of files gives them; the bundle's end is the range's. */
class LinesToChunks {
  constructor(columns) {
    this.columns = columns;
  }
  *process(element) {
    const [line, position = '0'] = element.split('\t').reverse();
    const text = Buffer.from(`${line}\n`, 'utf8');
    const bytes = new Uint8Array(text.length + SLACK);
    bytes.set(text);
    const place = {
      source: 'stream',
      format: 'csv',
      position: Number(position),
      linesBefore: 0,
      rangeStart: 0,
    };
    yield { ...place, columns: this.columns, bytes, start: 0, end: text.length };
  }
  *finishBundle() {
    yield {
      value: { rangeEnd: { source: 'stream', rangeStart: 0 } },
      windows: [new GlobalWindow()],
      timestamp: Long.fromString('-9223372036854775'),
      pane: { timing: 'UNKNOWN', index: 0, onTimeIndex: 0, isFirst: true, isLast: true },
    };
  }
}

/** Rows by table, in the order in which they were written. */
const written = [];

/** Writes rows down; into a file where worker threads do it, whose memory the test doesn't see. Money is text there. */
class WriteDown {
  constructor(table, file = null) {
    this.table = table;
    this.file = file;
  }
  *process(rows) {
    for (const row of rows) {
      const entry = { table: this.table, row };
      if (this.file === null) written.push(entry);
      else appendFileSync(this.file, `${JSON.stringify(entry, bigintAsText)}\n`);
    }
    yield 1;
  }
}

function bigintAsText(_key, value) {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Hours of an earlier run, as JSON. */
class ParseHistory {
  *process(text) {
    yield JSON.parse(text);
  }
}

requireForSerialization('funnelpulse/test/streaming', { LinesToChunks, WriteDown, ParseHistory });
module.exports = { LinesToChunks, WriteDown, ParseHistory, written };
