/** What is replayed is what was in the files: the plain reference says the same of the messages as of the files, and the order is that of event time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RecordMessage } from '../../../pipelines/replay/record_messages';
import { replayDepartures } from '../../../pipelines/replay/replay_departures';
import type { Departure, Disturbance } from '../../../producers/replay/departures';
import { dirtyCsv } from '../../dirty/dirty_csv';
import { dirtyNdjson } from '../../dirty/dirty_ndjson';
import { cutIntoFiles, type Format, shuffleLines } from '../../dirty/rearranged';
import { expectSameTables } from '../../e2e/table_diff';
import { computeReference, type Tables } from '../../reference/reference';

const CALM: Disturbance = { shuffleMs: 0, lateShare: 0, lateByMs: 0, duplicateShare: 0, seed: 1 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-replay-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Buffer | string): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** What leaves; round after round until there are so many, if a number is given. */
async function replayed(
  inputs: readonly string[],
  disturbance: Disturbance = CALM,
  most?: number,
): Promise<Departure<RecordMessage>[]> {
  const sent: Departure<RecordMessage>[] = [];
  const { signal } = new AbortController();
  const options = { inputs, disturbance, orderingKey: 'user_session' as const, signal };
  for await (const departure of replayDepartures({ ...options, loop: most !== undefined })) {
    sent.push(departure);
    if (sent.length === most) break;
  }
  return sent;
}

/** The messages as an NDJSON file. */
function ndjsonOf(sent: readonly Departure<RecordMessage>[]): Buffer {
  return Buffer.concat(sent.flatMap(({ message }) => [message.message.data, Buffer.from('\n')]));
}

/** What a run says of records, without where they stood. A line that was no row is no JSON either. */
function withoutPlaces({ dead_letters, ...tables }: Tables) {
  const rejected: Record<string, number> = {};
  for (const { reason, event_time } of dead_letters) {
    const name = `${reason === 'malformed_row' ? 'not_json' : reason} ${event_time}`;
    rejected[name] = (rejected[name] ?? 0) + 1;
  }
  return { tables, rejected };
}

describe.each(['csv', 'ndjson'] as const)('dirty %s', (format: Format) => {
  const generate = format === 'csv' ? dirtyCsv : dirtyNdjson;

  test.each([1, 2, 3, 4, 5])('%i: messages say what the files said', async (seed) => {
    const bytes = generate(seed, 800);
    const pieces = cutIntoFiles(seed, shuffleLines(seed, bytes, format), format, 3);
    const files = pieces.map((piece, i) =>
      i === 1 ? put(`${i}.${format}.gz`, gzipSync(piece)) : put(`${i}.${format}`, piece),
    );
    const sent = await replayed(files);
    const expected = computeReference([{ source: 'f', bytes, format }]);
    const messages = computeReference([{ source: 'm', bytes: ndjsonOf(sent), format: 'ndjson' }]);
    const [before, after] = [withoutPlaces(expected), withoutPlaces(messages)];
    expectSameTables(before.tables, after.tables);
    expect(after.rejected).toEqual(before.rejected);

    const rejects = sent.filter(({ message }) => message.reason !== null);
    expect(rejects).toHaveLength(expected.dead_letters.length);
    expect(rejects.length).toBeGreaterThan(10);
    for (const { message } of sent) {
      const { event_time, event_id } = message.message.attributes;
      expect(event_time).toBe(Number.isNaN(message.time) ? undefined : new Date(message.time).toISOString());
      expect(event_id === undefined).toBe(message.reason !== null);
    }
  });

  test('the event id is one for each dedup key', async () => {
    const bytes = generate(6, 1500);
    const sent = await replayed([put(`all.${format}`, bytes)]);
    const ids = sent.flatMap(({ message }) => message.message.attributes.event_id ?? []);
    const { silver_events, pipeline_ledger } = computeReference([{ source: 'f', bytes, format }]);
    const kept = pipeline_ledger.reduce((sum, row) => sum + row.counted + row.duplicates, 0);
    expect(ids).toHaveLength(kept);
    expect(new Set(ids).size).toBe(silver_events.length);
    expect(silver_events.length).toBeLessThan(kept);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('they leave in order of event time, whatever the order and number of files', async () => {
    const bytes = generate(7, 600);
    const whole = await replayed([put(`whole.${format}`, bytes)]);
    const times = whole.map(({ message }) => message.time).filter((time) => !Number.isNaN(time));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const shuffled = cutIntoFiles(3, shuffleLines(3, bytes, format), format, 4);
    const again = await replayed(shuffled.map((piece, i) => put(`${i}.${format}`, piece)));
    expect(again.map(({ message }) => message.time).filter((time) => !Number.isNaN(time))).toEqual(times);
    expect(texts(again).toSorted()).toEqual(texts(whole).toSorted());
  });
});

function texts(sent: readonly Departure<RecordMessage>[]): string[] {
  return sent.map(({ message }) => Buffer.from(message.message.data).toString('latin1'));
}

const HEADER = 'event_time,event_type,product_id,price,user_id,user_session';

function row(time: string, session = 's', price = '1.50'): string {
  return `${time},view,p,${price},u,${session}`;
}

test('a CSV record becomes an object with its texts as they stand, the session its key', async () => {
  const file = put(
    'odd.csv',
    [
      ',Event_Time,event_type,product_id,price,user_id,user_session,utm_source,device_ua,shop, Note ,brand,brand',
      '7,2026-01-01 00:00:00 UTC,view,1.0, 2.50,u, s1 ,mail,"a ""b"", c",north,x,A,B',
    ].join('\n'),
  );
  const [{ message }] = await replayed([file]);
  expect(JSON.parse(Buffer.from(message.message.data).toString())).toEqual({
    event_time: '2026-01-01 00:00:00 UTC',
    event_type: 'view',
    product_id: '1.0',
    price: ' 2.50',
    user_id: 'u',
    user_session: ' s1 ',
    shop: 'north',
    Note: 'x',
    brand: 'A',
    utm: { source: 'mail' },
    device: { ua: 'a "b", c' },
  });
  expect(message.message.orderingKey).toBe('s1');
  expect(message.message.attributes.event_time).toBe('2026-01-01T00:00:00.000Z');
});

test('NDJSON is sent byte for byte, and so is what is no record', async () => {
  const lines = [
    '{"timestamp":"2026-01-01T10:00:00.1234+02:00","event_id":"e","price":1.10,"session_id":"x","event_type":"page_view","a":1e400}',
    '{"broken":',
    '\t{ "event_time": "2026-01-01 09:00:00 UTC" }  ',
  ];
  const sent = await replayed([put('a.ndjson', Buffer.from(`${lines.join('\r\n')}\r\n \r\n`))]);
  expect(texts(sent)).toEqual(lines);
  expect(sent.map(({ message }) => message.message.attributes.event_time)).toEqual([
    '2026-01-01T08:00:00.123Z',
    undefined,
    '2026-01-01T09:00:00.000Z',
  ]);
  expect(sent.map(({ message }) => message.reason)).toEqual([null, 'not_json', 'missing_event_type']);
  expect(sent.map(({ message }) => message.message.orderingKey)).toEqual(['x', '', '']);
  const malformed = await replayed([put('b.csv', `${HEADER}\n"open,view,1\n`)]);
  expect(texts(malformed)).toEqual(['"open,view,1']);
});

test('a record without a time stays behind the one before it', async () => {
  const early = put('early.csv', [HEADER, 'x', row('2026-01-01 00:00:10 UTC', 'a'), 'y', ''].join('\n'));
  const later = put(
    'later.csv',
    [HEADER, row('2026-01-01 00:00:05 UTC', 'b'), 'z', row('2026-01-01 00:00:20 UTC', 'c')].join('\n'),
  );
  const none = put('none.csv', [HEADER, 'w'].join('\n'));
  const sent = await replayed([early, later, none]);
  expect(sent.map(({ message }) => message.message.orderingKey || texts([{ message } as never])[0])).toEqual([
    'b',
    'z',
    'w',
    'x',
    'a',
    'y',
    'c',
  ]);
});

test('rounds go on by whole days, and change nothing but the time', async () => {
  const csv = put(
    'a.csv',
    [HEADER, row('2026-01-01 23:59:59 UTC', 'a'), row('2026-01-02 00:00:01 UTC', 'b'), 'bad', ''].join('\n'),
  );
  const json = put(
    'b.ndjson',
    '{"event_ts":"2026-01-02T05:00:00+05:00","price":1.10,"event_id":"e","event_type":"purchase"}\n',
  );
  const sent = await replayed([csv, json], CALM, 12);
  expect(sent).toHaveLength(12);
  const day = 86_400_000;
  for (const round of [1, 2]) {
    for (let i = 0; i < 4; i++) {
      const [first, later] = [sent[i].message, sent[4 * round + i].message];
      if (Number.isNaN(first.time)) {
        expect(texts([sent[4 * round + i]])).toEqual(['bad']);
        continue;
      }
      expect(later.time - first.time).toBe(2 * day * round);
      expect(sent[4 * round + i].at - sent[i].at).toBe(2 * day * round);
      expect(later.message.attributes.event_id).not.toBe(first.message.attributes.event_id);
      const [a, b] = [first, later].map(({ message }) => {
        const { event_time, event_ts, ...rest } = JSON.parse(Buffer.from(message.data).toString());
        return { time: event_time ?? event_ts, rest };
      });
      expect(b.rest).toEqual(a.rest);
      if (a.time.endsWith('UTC')) expect(b.time).toMatch(/^2026-01-0\d \d\d:\d\d:\d\d UTC$/);
    }
  }
  expect(texts(sent.slice(4)).join()).toContain('"price":1.10');
});

test('disturbed messages are the undisturbed ones, some of them twice', async () => {
  const file = put('a.csv', dirtyCsv(9, 1200));
  const calm = texts(await replayed([file]));
  const disturbance = {
    shuffleMs: 600_000,
    lateShare: 0.1,
    lateByMs: 3_600_000,
    duplicateShare: 0.1,
    seed: 3,
  };
  const sent = await replayed([file], disturbance);
  const firsts = sent.filter(({ duplicate }) => !duplicate);
  expect(texts(firsts).toSorted()).toEqual(calm.toSorted());
  expect(texts(firsts)).not.toEqual(calm);
  expect(sent.length - firsts.length).toBeGreaterThan(60);
  expect(await replayed([file], disturbance)).toEqual(sent);
});
