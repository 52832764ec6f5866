/** `funnelpulse redrive`, as a user starts it, to a real emulator. */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { deadLetterKeyOf } from '../../schema/message_attributes';
import { describeWithPubsub } from '../emulators/pubsub';
import { makeTopic } from '../io/pubsub/topics';
import { type Started, start } from './product';
import { readTables } from './read_tables';

const HEADER = 'event_time,event_type,product_id,price,user_id,user_session';
/** Of each kind, so many in an early hour and in a late one. */
const ROWS = 2600;
const WATERMARK = '2026-01-01 12:00:00';

let folder: string;
let bad: string;
let finished: string;

/** Early ones are behind the watermark and the lateness, late ones are not. */
function rows(): string[] {
  return Array.from({ length: ROWS }, (_, i) => [
    `2026-01-01 0${1 + (i % 3)}:00:00 UTC,view,p${i},"1,${10 + (i % 90)}",u,early`,
    `2026-01-01 11:00:${String(i % 60).padStart(2, '0')} UTC,cart,p${i},"2,50",u,s${i}`,
    ...(i % 100 === 0
      ? [
          '2026-01-01 11:00:00 UTC,veiw,p,3.00,u,typo',
          '"not closed',
          `2026-01-01 11:30:00 UTC,view,q${i},4.00,u,fine`,
        ]
      : []),
  ]).flat();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-redrive-'));
  bad = join(folder, 'bad.csv');
  writeFileSync(bad, [HEADER, ...rows(), ''].join('\n'));
  finished = join(folder, 'finished.duckdb');
  const run = start(['run', '--quiet', '--input', bad, '--output', `duckdb:${finished}`]);
  expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same dead letters, of a stream that is at a watermark. */
async function streaming(name: string): Promise<string> {
  const file = join(folder, `${name}.duckdb`);
  copyFileSync(finished, file);
  const database = await DuckDBInstance.create(file);
  const connection = await database.connect();
  await connection.run(
    `UPDATE runs SET mode = 'streaming', status = 'running', watermark = TIMESTAMP '${WATERMARK}', allowed_lateness_ms = 7200000`,
  );
  connection.closeSync();
  database.closeSync();
  return file;
}

const COMMAS = 's/"([0-9]),([0-9]+)"/\\1.\\2/';

function redrive(file: string, ...args: string[]): Started {
  return start(['redrive', '--from', `duckdb:${file}`, ...args]);
}

test('without a stream all goes to the rest, and a batch run counts it', async () => {
  const rest = join(folder, 'finished.rest.ndjson');
  const flags = ['--topic', 'local-test/any', '--fix', COMMAS, 's/veiw/view/', '--json'];
  const { code, stdout, stderr } = await redrive(finished, ...flags).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    ...{
      read: 2 * ROWS + 52,
      changed: 2 * ROWS + 26,
      published: 0,
      late: 2 * ROWS + 26,
      rest: 2 * ROWS + 52,
    },
    ...{ rejected: { malformed_row: 26 }, rest_file: rest, complete: true, dry_run: false, stopped_by: null },
  });
  const output = join(folder, 'again.duckdb');
  const run = start(['run', '--quiet', '--input', rest, '--output', `duckdb:${output}`]);
  expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  const { pipeline_ledger, dead_letters } = await readTables(output);
  const sum = (column: string): number =>
    pipeline_ledger.reduce((total, row) => total + Number((row as Record<string, unknown>)[column]), 0);
  // The records with a typo are one record, 26 times.
  expect([sum('read'), sum('counted'), sum('duplicates')]).toEqual([2 * ROWS + 52, 2 * ROWS + 1, 25]);
  expect(dead_letters).toHaveLength(26);
  // Once more: it would be lost what nobody has run yet.
  const again = await redrive(finished, ...flags).ended;
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr).toMatch(
    /finished.rest.ndjson is there already: it may hold records that nobody has run yet/,
  );
});

test('a dry run counts and leaves no trace', async () => {
  const file = await streaming('dry');
  const before = readdirSync(folder);
  const { code, stdout, stderr } = await redrive(file, '--dry-run', '--fix', COMMAS).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/5,252 dead letters, 5,200 changed by the fixes/);
  expect(stdout).toMatch(
    /would be published +2,600\n +would be rest +2,652\n +too late +2,600\n +still rejected +52 {2}\(/,
  );
  expect(readdirSync(folder)).toEqual(before);
});

test.each([
  [[], /--topic is missing: name the topic that the stream reads, or try with --dry-run/],
  [['--topic', 'local-test/any', '--fix', 'a'], /--fix a: s\/pattern\/replacement\/ was expected/],
  [['--topic', 'local-test/any', '--reason', 'ugly'], /--reason ugly: one of malformed_row, /],
  [['--topic', 't'], /--topic t: projects/],
])('%j is one message', async (args, message) => {
  const ended = await redrive(finished, ...args).ended;
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(message);
});

describeWithPubsub('redrive to a topic', () => {
  test('publishes what still counts, each with its identity, and keeps the rest', async () => {
    const file = await streaming('live');
    const rest = join(folder, 'chosen.ndjson');
    const topic = await makeTopic();
    const flags = ['--topic', topic.name, '--fix', COMMAS, '--rest', rest, '--json'];
    const { code, stdout, stderr } = await redrive(file, ...flags).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{
        read: 2 * ROWS + 52,
        published: ROWS,
        late: ROWS,
        rest: ROWS + 52,
        rest_file: rest,
        complete: false,
      },
      rejected: { malformed_row: 26, unknown_event_type: 26 },
    });
    const got = await topic.receive(ROWS);
    await topic.close();
    const lines = readFileSync(bad);
    const identities = new Set<string>();
    for (const { data, attributes, orderingKey } of got) {
      const record = JSON.parse(data.toString());
      expect(record).toMatchObject({ event_type: 'cart', price: '2.50' });
      expect(orderingKey).toBe(record.user_session);
      expect(attributes.event_time.startsWith('2026-01-01T11:00:')).toBe(true);
      identities.add(attributes.redrive_of);
      const key = deadLetterKeyOf(attributes.redrive_of);
      expect(key).toMatchObject({ source: bad, reason: 'bad_price' });
      // The identity leads back to the record as it was.
      const original = lines.subarray(Number(key?.position)).toString().split('\n', 1)[0];
      expect(original).toContain(`,${record.product_id},"2,50",`);
    }
    expect(identities.size).toBe(ROWS);
    expect(readFileSync(rest, 'utf8').trimEnd().split('\n')).toHaveLength(ROWS + 52);
  });

  test('of one reason only; where there is no rest there is no file', async () => {
    const file = await streaming('typos');
    const topic = await makeTopic();
    const flags = ['--reason', 'unknown_event_type', '--fix', 's/veiw/view/', '--topic', topic.name];
    const { code, stdout } = await redrive(file, ...flags).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^26 dead letters, 26 changed by the fixes\n +published +26\n +rest +0\n/);
    expect(await topic.receive(26)).toHaveLength(26);
    await topic.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('typos.rest'))).toEqual([]);
  });

  test('a topic that is not there leaves no rest behind', async () => {
    const file = await streaming('nowhere');
    const { code, stderr } = await redrive(file, '--topic', 'local-test/nowhere').ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no such topic/);
    expect(existsSync(join(folder, 'nowhere.rest.ndjson'))).toBe(false);
  });
});
