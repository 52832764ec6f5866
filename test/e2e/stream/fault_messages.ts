/** Messages of a made-up shop for streams that are disturbed, and what a batch run over the same messages gives. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TableRow } from '../table_diff';
import type { Scene, SceneMessage } from './scene';

/** Tables by name. */
export type Tables = Record<string, TableRow[]>;

/** Broken copies of an event, one for each way; `n` makes each of them one of its own. */
const WAYS: readonly ((event: Record<string, string>, n: number) => string)[] = [
  (event, n) => JSON.stringify({ ...event, user_id: `cut-${n}` }).slice(0, -3 - (n % 40)),
  (_event, n) => `not a record ${n}`,
  (event, n) => JSON.stringify({ ...event, price: `-${n}.00` }),
  (event, n) => JSON.stringify({ ...event, price: `${n} euros` }),
  (event, n) => JSON.stringify({ ...event, event_type: `glance-${n}` }),
  (event, n) => JSON.stringify({ ...event, event_time: `in ${n} days` }),
  (event, n) => JSON.stringify({ ...event, price: '', user_id: `free-${n}` }),
];

/** A day of a made-up shop in the order of event time, one message of a hundred broken. */
export async function shopMessages(scene: Scene, events: number): Promise<SceneMessage[]> {
  const file = join(scene.folder, 'events.csv');
  const shop = ['--events', String(events), '--days', '1', '--seed', '11', '--quiet'];
  expect(await scene.run('generate', ...shop, '--out', file)).toMatchObject({ code: 0 });
  const lines = join(scene.folder, 'events.ndjson');
  expect(await scene.run('replay', '--input', file, '--out', lines, '--quiet')).toMatchObject({ code: 0 });
  return readFileSync(lines, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line, n) => {
      const whole = message(line, timeOf(line));
      if (n % 100 !== 50) return [whole];
      const broken = WAYS[Math.floor(n / 100) % WAYS.length](JSON.parse(line), n);
      return [whole, message(broken, timeOf(line))];
    });
}

function timeOf(line: string): string {
  return JSON.parse(line).event_time.replace(' ', 'T').replace(' UTC', 'Z');
}

function message(data: string | Buffer, event_time: string): SceneMessage {
  return { data: Buffer.from(data), attributes: { event_time } };
}

const LARGE = 9 << 20;

/** Messages that no publisher should send, made of whole ones. */
export function poison(whole: readonly SceneMessage[]): SceneMessage[] {
  const copy = (n: number, more: Record<string, string>): Record<string, string> => ({
    ...JSON.parse(Buffer.from(whole[n].data).toString()),
    user_id: `poison-${n}`,
    ...more,
  });
  const event = (n: number, more: Record<string, string> = {}): string => JSON.stringify(copy(n, more));
  const at = timeOf(event(0));
  return [
    // Nine MiB: an event with a long story, and nothing of sense.
    message(event(0, { note: 'x'.repeat(LARGE) }), at),
    message('y'.repeat(LARGE), at),
    message(Buffer.concat([Buffer.from(event(1).slice(0, -2)), Buffer.from([0xc3, 0x28, 0x22, 0x7d])]), at),
    message('', at),
    message(`[${event(2)}]`, at),
    message('[]', at),
    message('null', at),
    message('\u0000'.repeat(1000), at),
    message('{"a":'.repeat(20_000), at),
    // Whole events whose attribute is wrong: the body says when they were.
    message(event(3), 'the day before yesterday'),
    message(event(4), ''),
    message(event(5), '9999-12-31T23:59:59Z'),
    message(event(6), '-1'),
    { data: Buffer.from(event(7)) },
  ];
}

/** What a batch run over the messages gives. Files have no empty records, so an empty message is left out. */
export async function batchOf(
  scene: Scene,
  messages: readonly SceneMessage[],
  ...args: string[]
): Promise<Tables> {
  const file = join(scene.folder, 'messages.ndjson');
  const lines = messages
    .filter(({ data }) => data.length > 0)
    .flatMap(({ data }) => [data, Buffer.from('\n')]);
  writeFileSync(file, Buffer.concat(lines));
  return scene.batch(file, ...args);
}

/** A frozen baseline of the messages' own hours. */
export async function baselineOf(scene: Scene, messages: readonly SceneMessage[]): Promise<string> {
  const lines = join(scene.folder, 'before.ndjson');
  writeFileSync(lines, messages.map(({ data }) => `${Buffer.from(data)}\n`).join(''));
  const output = `duckdb:${join(scene.folder, 'before.duckdb')}`;
  expect(await scene.run('run', '--input', lines, '--output', output, '--quiet')).toMatchObject({ code: 0 });
  const file = join(scene.folder, 'baseline.csv');
  expect(await scene.run('baseline', '--from', output, '--out', file)).toMatchObject({ code: 0 });
  return file;
}

/** Dead letters by what was rejected and why: a message that came twice, under two ids, is one. Long payloads by their hash. */
export function deadLetterKeys({ dead_letters: rows }: Tables): string[] {
  const short = (text: string): string =>
    text.length < 200 ? text : `${text.length} bytes ${createHash('sha256').update(text).digest('hex')}`;
  return [...new Set(rows.map(({ reason, payload }) => `${reason} ${short(String(payload))}`))].sort();
}

/** Sum of one of the ledger's numbers. */
export function total({ pipeline_ledger: rows = [] }: Tables, of: string): number {
  return rows.reduce((sum, row) => sum + Number(row[of]), 0);
}
