/**
 * Events of our own generator as serialised Pub/Sub messages in a file, so that a process that streams them holds none but those at hand.
 *
 *   node bench/message_file.js EVENTS DAYS FOLDER
 *
 * Writes FOLDER/messages, one after the other, and FOLDER/index: for each message its event time in milliseconds since 1970 and its length, both as doubles.
 */
const { execFileSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

async function write(events, days, folder) {
  const { PubsubMessage } = require('@google-cloud/pubsub').protos.google.pubsub.v1;
  const csv = path.join(folder, 'events.csv');
  const cli = path.join(__dirname, '..', 'dist', 'bundle', 'cli.js');
  const flags = ['--events', String(events), '--days', String(days), '--seed', '1', '--out', csv];
  execFileSync(process.execPath, [cli, 'generate', ...flags, '--quiet']);
  const out = fs.createWriteStream(path.join(folder, 'messages'));
  const index = [];
  let columns;
  for await (const line of readline.createInterface({ input: fs.createReadStream(csv) })) {
    const fields = line.split(',');
    if (columns === undefined) {
      columns = fields;
      continue;
    }
    const record = Object.fromEntries(columns.map((name, i) => [name, fields[i]]));
    const time = Date.parse(`${record.event_time.slice(0, 19).replace(' ', 'T')}Z`);
    const message = PubsubMessage.encode({
      data: Buffer.from(JSON.stringify(record)),
      attributes: { event_time: String(time) },
      messageId: String(index.length / 2),
      publishTime: { seconds: 1_700_000_000, nanos: 0 },
    }).finish();
    index.push(time, message.length);
    if (!out.write(message)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  fs.writeFileSync(path.join(folder, 'index'), Buffer.from(Float64Array.from(index).buffer));
  fs.rmSync(csv);
}

/** Reads such a file from its beginning. */
class MessageFile {
  constructor(folder) {
    const index = fs.readFileSync(path.join(folder, 'index'));
    this.index = new Float64Array(index.buffer, index.byteOffset, index.length / 8);
    this.descriptor = fs.openSync(path.join(folder, 'messages'));
    this.count = this.index.length / 2;
    this.next = 0;
    this.position = 0;
  }

  get lastTime() {
    return this.index[2 * this.count - 2];
  }

  /** The next messages with their times, `most` at most. */
  read(most) {
    const to = Math.min(this.count, this.next + most);
    let length = 0;
    for (let at = this.next; at < to; at++) length += this.index[2 * at + 1];
    const bytes = Buffer.allocUnsafeSlow(length);
    fs.readSync(this.descriptor, bytes, 0, length, this.position);
    this.position += length;
    const messages = [];
    for (let start = 0; this.next < to; this.next++) {
      const end = start + this.index[2 * this.next + 1];
      messages.push({ value: bytes.subarray(start, end), timestamp: this.index[2 * this.next] });
      start = end;
    }
    return messages;
  }
}

module.exports = { MessageFile };

if (require.main === module) {
  const [events, days, folder] = process.argv.slice(2);
  void write(Number(events), Number(days), folder);
}
