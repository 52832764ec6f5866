/** The stream's writer against a server that keeps tables as BigQuery documents it, and that fails in all the ways that are known. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { BigQueryWriter, type WriterLimits } from '../../../../io/bigquery/write/bigquery_writer';
import { InputError } from '../../../../io/input_error';
import type { LoggedRows } from '../../../../io/staging/log_rows';
import type { Table } from '../../../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelHourlyBrand,
  pipelineLedger,
  runs,
  STREAM_TABLES,
} from '../../../../schema/tables';
import { RecordedTable } from '../../../emulators/recorded_table';
import { type Fault, RecordingServer } from '../../../emulators/recording_server';
import {
  anomalyRow,
  goldRow,
  ledgerRow,
  letterRow,
  log,
  Model,
  PANES,
  START,
  type Values,
} from '../../upsert_rows';

const DATASET = 'projects/shop/datasets/funnel';

let server: RecordingServer;
let writer: BigQueryWriter | undefined;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-write-'));
  server = await new RecordingServer().start();
  for (const table of [...STREAM_TABLES, runs]) server.tables.set(streamOf(table), new RecordedTable(table));
});
afterEach(async () => {
  await writer?.close();
  writer = undefined;
  await server.stop();
  rmSync(folder, { recursive: true });
});

function streamOf({ name }: Table): string {
  return `${DATASET}/tables/${name}/streams/_default`;
}

function stored(table: Table): RecordedTable {
  return server.tables.get(streamOf(table))!;
}

async function open(limits: Partial<WriterLimits> = {}): Promise<BigQueryWriter> {
  writer = await BigQueryWriter.open({ dataset: DATASET, endpoint: server.endpoint }, limits);
  return writer;
}

function sorted(table: Table, rows: readonly Values[]): Values[] {
  const key = (row: Values) => JSON.stringify(table.key.map((column) => row[column]));
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const STAMP = { time: START, commit: 1 };

function letters(positions: readonly number[]): LoggedRows {
  return log(deadLetters, folder, positions.map(letterRow))[0];
}

/** Rows of a table in the order of their making, each key many times, revisions in any order. */
function rowsOf(table: Table, count: number, roll: (below: number) => number): Values[] {
  return Array.from({ length: count }, () => {
    const key = {
      hour: roll(48),
      name: `brand ${roll(20)}`,
      revision: 1 + roll(50),
      pane: PANES[roll(3)],
    };
    if (table === goldAnomaliesHourlyBrand) return anomalyRow({ ...key, through: roll(3) });
    if (table === deadLetters) return letterRow(roll(300));
    if (table === pipelineLedger) return ledgerRow(roll(50), roll(1000));
    return goldRow(table, key);
  });
}

test('100,000 rows in any order of revisions, through every fault: the tables hold the newest of each key', async () => {
  const roll = dice(7);
  const kinds: Fault[] = ['unavailable', 'lost', 'aborted', 'internal', 'exhausted', 'silent', 'dropped'];
  const plan = new Map<number, Fault>();
  // About one request in thirty; the connections break every few hundred requests.
  for (let request = 3; request < 20_000; request += 1 + roll(40)) plan.set(request, kinds[roll(6)]);
  for (let request = 150; request < 20_000; request += 200 + roll(200)) plan.set(request, 'dropped');
  server.fault = (request) => plan.get(request) ?? null;
  const one = await open({ requestBytes: 8 << 10, answerMs: 150, requests: 4, delayMs: 5 });
  const model = new Model();
  const written: Record<string, number> = {};
  for (let commit = 1; commit <= 10; commit++) {
    const time = START + commit * 1000;
    for (const table of STREAM_TABLES) {
      const rows = rowsOf(table, 1430, roll);
      // A ledger only grows; of equal letters and rows of gold the first stays.
      model.flush(table, rows, time, commit);
      for (const part of log(table, folder, rows)) one.append(part, { time, commit });
    }
    const result = await one.flush();
    expect(result).toMatchObject({ refused: 0, firstRefusal: null });
    for (const [name, rows] of Object.entries(result.written)) written[name] = (written[name] ?? 0) + rows;
    // Already now, all that was handed over is there.
    for (const table of STREAM_TABLES) expect(stored(table).rows).toHaveLength(model.rows(table).length);
  }
  for (const table of STREAM_TABLES)
    expect(sorted(table, stored(table).rows)).toEqual(sorted(table, model.rows(table)));
  expect(Object.values(written)).toEqual(STREAM_TABLES.map(() => 14_300));
  expect(model.removed()).toBeGreaterThan(100);
  expect(new Set(server.injected)).toEqual(new Set(kinds));
}, 600_000);

test('a flush that is repeated, later and after newer ones, changes nothing but the ledger of its own commit', async () => {
  const roll = dice(3);
  const one = await open();
  const model = new Model();
  const flushes = [1, 2, 3].map((commit) => ({
    stamp: { time: START + commit * 1000, commit },
    parts: STREAM_TABLES.map((table) => ({ table, rows: rowsOf(table, 200, roll) })),
  }));
  for (const { stamp, parts } of flushes)
    for (const { table, rows } of parts) model.flush(table, rows, stamp.time, stamp.commit);
  for (const at of [2, 0, 1, 1, 2, 0]) {
    const { stamp, parts } = flushes[at];
    for (const { table, rows } of parts) for (const part of log(table, folder, rows)) one.append(part, stamp);
    await one.flush();
  }
  for (const table of STREAM_TABLES)
    expect(sorted(table, stored(table).rows)).toEqual(sorted(table, model.rows(table)));
  expect(stored(goldFunnelHourlyBrand).changes).toBe(1200);
});

describe('what is sent', () => {
  test('rows of all tables through one connection', async () => {
    const roll = dice(5);
    const one = await open({ connections: 1, requestBytes: 2000 });
    const model = new Model();
    for (const table of STREAM_TABLES) {
      const rows = rowsOf(table, 50, roll);
      model.flush(table, rows, START, 1);
      for (const part of log(table, folder, rows)) one.append(part, { time: START, commit: 1 });
    }
    await one.flush();
    for (const table of STREAM_TABLES)
      expect(sorted(table, stored(table).rows)).toEqual(sorted(table, model.rows(table)));
    expect(server.calls).toBe(1);
    expect(server.requests).toBeGreaterThan(3 * STREAM_TABLES.length);
    expect(server.routes[0]).toMatch(/^write_stream=projects%2Fshop%2Fdatasets%2Ffunnel%2Ftables%2F/);
  });

  test('the way, where the location is known', async () => {
    writer = await BigQueryWriter.open({ dataset: DATASET, endpoint: server.endpoint, location: 'EU' });
    writer.append(letters([1]), STAMP);
    await writer.flush();
    expect(server.routes).toEqual(['write_location=projects%2Fshop%2Flocations%2Feu']);
  });

  test('rows that nobody flushes go after a moment', async () => {
    const one = await open({ delayMs: 20 });
    one.append(letters([1, 2]), STAMP);
    one.append(letters([3]), STAMP);
    while (stored(deadLetters).rows.length < 3) await delay(5);
    expect(server.requests).toBe(1);
    expect(await one.flush()).toEqual({ written: { dead_letters: 3 }, refused: 0, firstRefusal: null });
  });

  test('a flush waits for the rows of the flush before, too', async () => {
    server.fault = (request) => (request === 1 ? 'exhausted' : null);
    const one = await open();
    one.append(letters([1]), STAMP);
    const before = one.flush();
    one.append(letters([2]), STAMP);
    expect((await one.flush()).written).toEqual({ dead_letters: 1 });
    expect(stored(deadLetters).rows).toHaveLength(2);
    expect((await before).written).toEqual({ dead_letters: 1 });
  });

  test('a flush without rows', async () => {
    expect(await (await open()).flush()).toEqual({ written: {}, refused: 0, firstRefusal: null });
    expect(server.requests).toBe(0);
  });

  test('requests stay below 10 MB, and are filled up to that where they may', async () => {
    const one = await open({ requestBytes: 1 << 30 });
    const rows = Array.from({ length: 5 }, (_, at) => ({ ...letterRow(at), payload: 'x'.repeat(2_499_000) }));
    one.append(log(deadLetters, folder, rows)[0], STAMP);
    expect((await one.flush()).written).toEqual({ dead_letters: 5 });
    expect(server.sizes.toSorted((a, b) => b - a).map((size) => Math.round(size / 1e6))).toEqual([10, 2]);
    expect(Math.max(...server.sizes)).toBeLessThan(10_000_000);
  });
});

describe('limits', () => {
  test('a request of one byte less than 10 MB is sent, a larger one is not', async () => {
    // Counted with the descriptor, which the first request of a connection brings.
    const send = async (position: number, length: number) => {
      const one = await open();
      const letter = { ...letterRow(position), payload: 'x'.repeat(length) };
      one.append(log(deadLetters, folder, [letter])[0], STAMP);
      const { refused } = await one.flush();
      await one.close();
      return { refused, bytes: server.sizes.at(-1)! };
    };
    const { bytes } = await send(1, 9_900_000);
    const length = 9_900_000 + 9_999_999 - bytes;
    expect(await send(2, length)).toEqual({ refused: 0, bytes: 9_999_999 });
    expect((await send(3, length + 1)).refused).toBe(1);
  });

  test('answers that come slowly, but come, do not end a connection', async () => {
    server.delayMs = 40;
    const one = await open({ connections: 1, answerMs: 300, requestBytes: 1 });
    one.append(letters(Array.from({ length: 15 }, (_, at) => at)), STAMP);
    expect((await one.flush()).written).toEqual({ dead_letters: 15 });
    expect({ requests: server.requests, calls: server.calls }).toEqual({ requests: 15, calls: 1 });
  });
});

describe('rows that are not taken', () => {
  test('become dead letters with the reason, and all others are written', async () => {
    const roll = dice(11);
    const rows = rowsOf(goldFunnelHourlyBrand, 3000, roll);
    stored(goldFunnelHourlyBrand).refuses = ({ brand }) =>
      brand === 'brand 3' || brand === 'brand 7' ? `no ${brand} here` : null;
    const isBad = ({ brand }: Values) => brand === 'brand 3' || brand === 'brand 7';
    const model = new Model();
    model.flush(
      goldFunnelHourlyBrand,
      rows.filter((row) => !isBad(row)),
      START,
      1,
    );
    server.fault = (request) => (request % 5 === 0 ? 'lost' : null);
    const one = await open({ requestBytes: 8000 });
    one.append(log(goldFunnelHourlyBrand, folder, rows)[0], STAMP);
    const result = await one.flush();
    const bad = rows.filter(isBad);
    expect(bad.length).toBeGreaterThan(200);
    expect(result.refused).toBe(bad.length);
    expect(result.firstRefusal).toMatch(/^gold_funnel_hourly_brand: no brand [37] here$/);
    expect(result.written.gold_funnel_hourly_brand).toBe(rows.length - bad.length);
    expect(sorted(goldFunnelHourlyBrand, stored(goldFunnelHourlyBrand).rows)).toEqual(
      sorted(goldFunnelHourlyBrand, model.rows(goldFunnelHourlyBrand)),
    );
    const found = stored(deadLetters).rows;
    const keyOf = ({ window_start, brand }: Values) =>
      JSON.stringify([new Date(window_start as number).toISOString(), brand]);
    expect(found.map(({ position }) => position).sort()).toEqual([...new Set(bad.map(keyOf))].sort());
    expect(found[0]).toMatchObject({
      ...{ stage: 'Write to BigQuery', reason: 'sink_refused', source: 'gold_funnel_hourly_brand' },
      ...{ payload_encoding: 'utf8', line: null, event_time: null },
    });
    const payload = JSON.parse(found[0].payload as string);
    expect(found[0].message).toBe(`no ${payload.brand} here`);
    expect(bad).toContainEqual(expect.objectContaining({ brand: payload.brand, revision: payload.revision }));
  });

  test('a row that no request has room for', async () => {
    const one = await open();
    const large = {
      ...goldRow(goldFunnelHourlyBrand, { hour: 1, name: 'y'.repeat(10_000_000), revision: 1, pane: 'late' }),
    };
    const small = goldRow(goldFunnelHourlyBrand, { hour: 1, name: 'b', revision: 1, pane: 'late' });
    one.append(log(goldFunnelHourlyBrand, folder, [large, small])[0], STAMP);
    const result = await one.flush();
    expect(result).toMatchObject({ refused: 1, written: { gold_funnel_hourly_brand: 1, dead_letters: 1 } });
    expect(result.firstRefusal).toContain('less than 10 MB');
    expect(stored(deadLetters).rows).toHaveLength(1);
    expect(stored(deadLetters).rows[0].payload).toHaveLength(1 << 20);
    expect(stored(goldFunnelHourlyBrand).rows).toEqual([{ ...small, computed_at: START }]);
  });

  test('a dead letter that no request has room for stays its record’s, cut short', async () => {
    const one = await open();
    const letter = { ...letterRow(4), payload: `${'z'.repeat((1 << 20) - 1)}😀${'z'.repeat(10_000_000)}` };
    one.append(log(deadLetters, folder, [letter])[0], STAMP);
    expect(await one.flush()).toMatchObject({ refused: 1, written: { dead_letters: 1 } });
    const [found] = stored(deadLetters).rows;
    expect(found).toEqual({ ...letter, message: found.message, payload: 'z'.repeat((1 << 20) - 1) });
    expect(found.message).toContain('cut short');
  });

  test('dead letters that are refused end the run', async () => {
    stored(deadLetters).refuses = () => 'not today';
    const one = await open();
    one.append(letters([1]), STAMP);
    await expect(one.flush()).rejects.toThrow(/^BigQuery does not take a row of dead_letters.*not today/);
  });
});

describe('what ends the run, in one message', () => {
  const failure = async (limits: Partial<WriterLimits> = {}): Promise<InputError> => {
    const one = await open(limits);
    one.append(letters([1]), STAMP);
    const error = await one.flush().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    // From then on nothing is taken any more.
    expect(() => one.append(letters([2]), STAMP)).toThrow((error as Error).message);
    await expect(one.flush()).rejects.toBe(error);
    return error as InputError;
  };

  test('a table that is gone', async () => {
    server.tables.delete(streamOf(deadLetters));
    const { message } = await failure({ unknownTableMs: 100 });
    expect(message).toMatch(/^There is no table shop.funnel.dead_letters at 127.0.0.1:\d+ any more/);
  });

  test('but a table that was made a moment ago may not be known yet', async () => {
    server.tables.delete(streamOf(deadLetters));
    server.fault = (request) => {
      if (request === 4) server.tables.set(streamOf(deadLetters), new RecordedTable(deadLetters));
      return null;
    };
    const one = await open();
    one.append(letters([1]), STAMP);
    expect((await one.flush()).written).toEqual({ dead_letters: 1 });
    // It is known from now on: when it is gone, it is gone.
    server.tables.delete(streamOf(deadLetters));
    one.append(letters([2]), STAMP);
    await expect(one.flush()).rejects.toThrow('There is no table');
    expect(server.requests).toBe(5);
  });

  test('no permission', async () => {
    server.ends = { code: status.PERMISSION_DENIED, details: "Permission 'TABLES_UPDATE_DATA' denied" };
    const { message } = await failure();
    expect(message).toContain('No permission to write to shop.funnel.dead_letters');
    expect(message).toContain('roles/bigquery.dataEditor');
    expect(server.requests).toBe(1);
  });

  test('a table with other columns', async () => {
    server.tables.set(streamOf(deadLetters), new RecordedTable(pipelineLedger));
    const { message } = await failure();
    expect(message).toMatch(/does not take the rows of shop.funnel.dead_letters as they are \(.*rejected_at/);
    expect(message).toContain('bq show --format=prettyjson shop:funnel.dead_letters');
  });

  test('no answer for longer than the patience', async () => {
    server.fault = () => 'silent';
    const { message } = await failure({ answerMs: 30, patienceMs: 200 });
    expect(message).toContain(
      'has not taken rows of shop.funnel.dead_letters for too long (no answer within 30 ms)',
    );
  });

  test('nobody there', async () => {
    const { endpoint } = server;
    await server.stop();
    const one = await BigQueryWriter.open({ dataset: DATASET, endpoint }, { patienceMs: 300 });
    one.append(letters([1]), STAMP);
    await expect(one.flush()).rejects.toThrow(/has not taken rows of shop.funnel.dead_letters for too long/);
    await one.close();
    server = await new RecordingServer().start();
  });

  test('no credentials', async () => {
    const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = join(folder, 'missing.json');
    try {
      await expect(BigQueryWriter.open({ dataset: DATASET })).rejects.toThrow(
        /^No credentials for Google Cloud/,
      );
    } finally {
      if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
      else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
    }
  });

  test('one that is closed during a flush', async () => {
    server.fault = () => 'silent';
    const one = await open();
    one.append(letters([1]), STAMP);
    const flushed = one.flush();
    const refused = expect(flushed).rejects.toThrow('the writer is closed');
    await one.close();
    await refused;
  });
});
