/** `funnelpulse replay`, as a user starts it, to a real emulator. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithPubsub, PubsubEmulator } from '../emulators/pubsub';
import { makeTopic } from '../io/pubsub/topics';
import { SAMPLE, type Started, start } from './product';
import { readTables } from './read_tables';
import { expectSameTables } from './table_diff';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function replay(...args: string[]): Started {
  return start(['replay', ...args]);
}

/** The first lines of the sample, header included. */
function sampleOf(name: string, rows: number): string {
  const file = join(folder, name);
  writeFileSync(
    file,
    readFileSync(SAMPLE, 'utf8')
      .split('\n')
      .slice(0, rows + 1)
      .join('\n'),
  );
  return file;
}

test('a batch run over the messages gives the tables of a run over the files', async () => {
  const out = join(folder, 'messages.ndjson');
  const sent = await replay('--input', SAMPLE, '--out', out, '--shuffle', '30m', '--json').ended;
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(sent.stdout)).toMatchObject({
    ...{ messages: 22_283, late: 0, duplicates: 0, rejected: { nonpositive_price: 39 }, rounds: 1 },
    ...{ topic: null, out, stopped_by: null },
    first_event_time: '2019-10-01T00:00:00.000Z',
  });
  const now = ['--now', '2026-01-01T00:00:00Z', '--quiet'];
  const tables = [];
  for (const [name, input] of [
    ['files', SAMPLE],
    ['messages', out],
  ]) {
    const output = join(folder, `${name}.duckdb`);
    const run = start(['run', '--input', input, '--output', `duckdb:${output}`, ...now]);
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
    const { runs, dead_letters, ...rest } = await readTables(output);
    expect(dead_letters).toHaveLength(39);
    tables.push(rest);
  }
  expectSameTables(tables[0], tables[1]);
});

test.each([
  [['--input', SAMPLE], /where to\? Give --topic PROJECT\/TOPIC, or --out FILE/],
  [['--input', 'no.csv', '--out', 'x.ndjson'], /cannot read no.csv: no such file/],
  [
    ['--input', SAMPLE, '--topic', 'events'],
    /--topic events: projects\/PROJECT\/topics\/TOPIC or PROJECT\/TOPIC/,
  ],
  [['--input', SAMPLE, '--out', 'x.ndjson', '--speed', '2', '--rate', '3'], /give one of them/],
  [['--input', SAMPLE, '--out', 'x.ndjson', '--speed', '0'], /--speed 0: a number above 0/],
  [['--input', SAMPLE, '--out', 'x.ndjson', '--late-share', '5'], /--late-share 5: a share from 0 to 1/],
  [['--input', SAMPLE, '--out', 'x.ndjson', '--shuffle', '10'], /--shuffle 10: a duration like/],
  [['--input', SAMPLE, '--out', 'x.ndjson', '--loop'], /--loop needs --topic/],
  [['--input', SAMPLE, '--out', 'no/x.ndjson'], /cannot write no\/x.ndjson: no such file or directory/],
])('%j is one message', async (args, message) => {
  const ended = await start(['replay', ...args], { cwd: folder }).ended;
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.startsWith('x.'))).toEqual([]);
});

test('the service without credentials is one message, and nothing crashes', async () => {
  const { PUBSUB_EMULATOR_HOST: host } = process.env;
  delete process.env.PUBSUB_EMULATOR_HOST;
  process.env.GOOGLE_APPLICATION_CREDENTIALS = join(folder, 'no-key.json');
  const ended = await replay('--input', SAMPLE, '--topic', 'my-shop/events').ended;
  delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
  if (host !== undefined) process.env.PUBSUB_EMULATOR_HOST = host;
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(
    /^funnelpulse: cannot publish to projects\/my-shop\/topics\/events: no usable credentials/,
  );
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
});

describeWithPubsub('replay to a topic', (emulator) => {
  test('what arrives is what the file of messages says, each with its attributes', async () => {
    const topic = await makeTopic();
    const input = sampleOf('begin.csv', 800);
    const out = join(folder, 'beside.ndjson');
    const flags = ['--shuffle', '10m', '--duplicate-share', '0.1', '--late-share', '0.1', '--rate', '100000'];
    const sent = await replay('--input', input, '--topic', topic.name, '--out', out, ...flags, '--json')
      .ended;
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    const { messages, duplicates, late } = JSON.parse(sent.stdout);
    expect(duplicates).toBeGreaterThan(50);
    expect(late).toBeGreaterThan(50);
    expect(messages).toBe(800 + duplicates);
    const got = await topic.receive(messages);
    await topic.close();
    const texts = got.map(({ data }) => data.toString());
    expect(texts.toSorted()).toEqual(readFileSync(out, 'utf8').trimEnd().split('\n').toSorted());
    const times = new Map<string, string>();
    for (const { data, attributes, orderingKey } of got) {
      const { event_time, user_session } = JSON.parse(data.toString());
      expect(attributes.event_time).toBe(new Date(`${event_time.slice(0, 19)}Z`).toISOString());
      expect(orderingKey ?? '').toBe(user_session);
      times.set(attributes.event_id, data.toString());
    }
    expect(times.size).toBeGreaterThan(700);
  });

  test('a rate is kept', async () => {
    const topic = await makeTopic();
    const input = sampleOf('rate.csv', 600);
    const sent = await replay('--input', input, '--topic', topic.name, '--rate', '300', '--json').ended;
    const { seconds, messages } = JSON.parse(sent.stdout);
    expect(messages).toBe(600);
    // The last is due after 599/300 s; the first waits for nothing.
    expect(seconds).toBeGreaterThan(1.9);
    await topic.close();
  });

  test('a speed is kept, and a pause of the events is cut', async () => {
    const topic = await makeTopic();
    const header = readFileSync(SAMPLE, 'utf8').split('\n')[0];
    const rows = ['00:00:00', '00:30:00', '23:00:00'].map(
      (time) => `2026-01-01 ${time} UTC,view,p,,,b,1.00,u,s`,
    );
    const input = join(folder, 'pause.csv');
    writeFileSync(input, [header, ...rows].join('\n'));
    const flags = ['--speed', '3600', '--max-pause', '1s', '--json'];
    const { stdout } = await replay('--input', input, '--topic', topic.name, ...flags).ended;
    const { seconds } = JSON.parse(stdout);
    expect(seconds).toBeGreaterThan(1.45);
    expect(seconds).toBeLessThan(15);
    await topic.close();
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s stops it: what was handed over has arrived, and the summary says how much that was',
    async (signal, code) => {
      const topic = await makeTopic();
      const out = join(folder, `${signal}.ndjson`);
      const flags = ['--rate', '200', '--loop', '--json'];
      const sending = replay('--input', SAMPLE, '--topic', topic.name, '--out', out, ...flags);
      await topic.receive(50);
      sending.process.kill(signal);
      const ended = await sending.ended;
      expect(ended).toMatchObject({ code, stderr: '' });
      const { messages, stopped_by } = JSON.parse(ended.stdout);
      expect(stopped_by).toBe(signal);
      expect(await topic.receive(messages - 50)).toHaveLength(messages - 50);
      expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toHaveLength(messages);
      expect(existsSync(`${out}.part`)).toBe(false);
      await topic.close();
    },
  );

  test('a second signal does not wait', async () => {
    const own = await PubsubEmulator.start();
    process.env.PUBSUB_EMULATOR_HOST = own.host;
    const topic = await makeTopic();
    const sending = replay('--input', SAMPLE, '--topic', topic.name, '--rate', '200');
    await topic.receive(10);
    await own.stop();
    await topic.close();
    process.env.PUBSUB_EMULATOR_HOST = emulator().host;
    // Something has to be under way when it is stopped.
    await new Promise((resolve) => setTimeout(resolve, 500));
    sending.process.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(sending.process.exitCode).toBeNull();
    sending.process.kill('SIGINT');
    expect(await sending.ended).toMatchObject({ code: null, signal: 'SIGINT' });
  });

  test('a topic that is not there, and an emulator that is down', async () => {
    const sent = await replay(
      '--input',
      SAMPLE,
      '--topic',
      'local-test/nowhere',
      '--out',
      join(folder, 'n.ndjson'),
    ).ended;
    expect(sent).toMatchObject({ code: 2, stdout: '' });
    expect(sent.stderr).toMatch(
      /^funnelpulse: cannot publish to projects\/local-test\/topics\/nowhere: there is no such topic/,
    );
    expect(existsSync(join(folder, 'n.ndjson'))).toBe(false);
    const own = await PubsubEmulator.start();
    process.env.PUBSUB_EMULATOR_HOST = own.host;
    await own.stop();
    const down = await replay('--input', SAMPLE, '--topic', 'local-test/nowhere').ended;
    process.env.PUBSUB_EMULATOR_HOST = emulator().host;
    expect(down).toMatchObject({ code: 2, stdout: '' });
    expect(down.stderr).toMatch(/^funnelpulse: .*no Pub\/Sub emulator answers at/);
    expect(down.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
