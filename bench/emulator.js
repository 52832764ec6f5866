/** The Pub/Sub emulator, and events of a made-up shop to put into it. */
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { PubSub } = require('@google-cloud/pubsub');

async function startEmulator(project, port) {
  const root = execFileSync('gcloud', ['info', '--format=value(installation.sdk_root)'], {
    encoding: 'utf8',
  }).trim();
  const lib = path.join(root, 'platform', 'pubsub-emulator', 'lib');
  const jar = fs.readdirSync(lib).find((name) => /^cloud-pubsub-emulator-.*\.jar$/.test(name));
  const emulator = spawn('java', ['-jar', path.join(lib, jar), '--host=127.0.0.1', `--port=${port}`], {
    stdio: 'ignore',
  });
  const client = new PubSub({ projectId: project });
  for (;;) {
    try {
      await client.createTopic('ready');
      return { emulator, client };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Records with their event time, as replay sends them. */
function* events(cli, folder, count, days) {
  const file = path.join(folder, 'events.csv');
  const shop = ['--events', count, '--days', days, '--seed', 1].map(String);
  execFileSync(process.execPath, [cli, 'generate', '--quiet', ...shop, '--out', file]);
  const [header, ...lines] = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  const columns = header.split(',');
  for (const line of lines) {
    const fields = line.split(',');
    const record = Object.fromEntries(columns.map((name, i) => [name, fields[i]]));
    yield { record, time: new Date(record.event_time.replace(' UTC', 'Z').replace(' ', 'T')).toISOString() };
  }
}

module.exports = { events, startEmulator };
