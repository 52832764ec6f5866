/** Flushes of a stream: the largest row of a key stays, whatever order flushes come in, however often and however merged; each is all or nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { AttachedFile } from '../../io/duckdb/attached_file';
import { withDuckdb } from '../../io/duckdb/open';
import { prepareStreamOutput } from '../../io/duckdb/prepare_stream_output';
import { type UpsertOptions, upsertTables } from '../../io/duckdb/upsert_tables';
import type { LoggedRows } from '../../io/staging/log_rows';
import type { Table } from '../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelHourlyBrand,
  pipelineLedger,
  STREAM_TABLES,
} from '../../schema/tables';
import { readTables } from '../e2e/read_tables';
import { tableTexts } from './table_texts';
import { history, runsOf } from './upsert_flushes';
import {
  anomalyRow,
  goldRow,
  HOUR,
  ledgerRow,
  letterRow,
  log,
  lostRows,
  Model,
  run,
  START,
  type Values,
} from './upsert_rows';

let folder: string;
let file: string;
let staging: string;
let output: AttachedFile;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-upsert-'));
  await newOutput('shop');
});
afterEach(() => rmSync(folder, { recursive: true }));
afterEach(() => output.close());

async function newOutput(name: string): Promise<void> {
  file = join(folder, `${name}.duckdb`);
  staging = await prepareStreamOutput({ file, run: run(-Infinity), commits: 0, replace: false });
  await output?.close();
  output = new AttachedFile(file, join(staging, 'spilled'));
}

function upsert(parts: readonly LoggedRows[], commit: number, more: Partial<UpsertOptions> = {}) {
  const options = { output, run: run(START), now: START + commit, commit };
  return upsertTables(parts, { ...options, ...more });
}

async function query(sql: string): Promise<unknown[][]> {
  return withDuckdb(file, 'READ_ONLY', async (connection) => (await connection.runAndReadAll(sql)).getRows());
}

function sorted(table: Table, rows: readonly Values[]): Values[] {
  const key = (row: Values) => JSON.stringify(table.key.map((column) => row[column]));
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

let outputs = 0;
test('the tables are those of a plain model, whatever flushes come', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ([all, calls]) => {
      await newOutput(`model-${outputs++}`);
      const model = new Model();
      for (const call of calls) {
        const commit = Math.max(...call) + 1;
        const merged = STREAM_TABLES.map((table) => call.flatMap((at) => all[at].get(table) ?? []));
        const parts = STREAM_TABLES.flatMap((table, index) => log(table, staging, merged[index]));
        await upsert(parts, commit);
        STREAM_TABLES.forEach((table, index) => {
          model.flush(table, merged[index], START + commit, commit);
        });
      }
      const found = await readTables(file);
      for (const table of STREAM_TABLES)
        expect(sorted(table, found[table.name])).toEqual(sorted(table, model.rows(table)));
      expect(await query('SELECT count(*)::INTEGER FROM stream_tombstones')).toEqual([[model.removed()]]);
    }),
    runsOf(10),
  );
});

test('any order, repeated and merged: the same tables as one flush after the other', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ([all, calls]) => {
      const each = all.map((_, at) => [at]);
      const texts = [];
      for (const order of [each, [...calls, ...each.toReversed(), ...calls]]) {
        await newOutput(`order-${outputs++}`);
        for (const call of order)
          await upsert(
            STREAM_TABLES.flatMap((table) =>
              call.flatMap((at) => log(table, staging, all[at].get(table) ?? [])),
            ),
            Math.max(...call) + 1,
          );
        texts.push(await tableTexts(file, ['computed_at', 'commit']));
      }
      expect(texts[1]).toEqual(texts[0]);
    }),
    runsOf(4),
  );
});

test('the same flush again changes nothing, not even the time of its rows', async () => {
  const flush = [
    ...log(goldFunnelHourlyBrand, staging, [
      goldRow(goldFunnelHourlyBrand, { hour: 0, name: 'a', revision: 1, pane: 'early' }),
    ]),
    ...log(deadLetters, staging, [letterRow(1), letterRow(1)]),
  ];
  expect(await upsert(flush, 1)).toEqual({ gold_funnel_hourly_brand: 1, dead_letters: 1 });
  const texts = await tableTexts(file);
  expect(await upsert(flush, 1, { now: START + 99 })).toEqual({
    gold_funnel_hourly_brand: 0,
    dead_letters: 0,
  });
  expect(await tableTexts(file)).toEqual(texts);
});

test('more rows of a key than are compared in pairs', async () => {
  const rows = Array.from({ length: 21_000 }, (_, at) =>
    goldRow(goldFunnelHourlyBrand, { hour: at % 3, name: `n${at % 70}`, revision: at, pane: 'early' }),
  );
  const model = new Model();
  model.flush(goldFunnelHourlyBrand, rows, START + 1, 1);
  await upsert(log(goldFunnelHourlyBrand, staging, rows), 1);
  const found = (await readTables(file)).gold_funnel_hourly_brand;
  expect(sorted(goldFunnelHourlyBrand, found)).toEqual(
    sorted(goldFunnelHourlyBrand, model.rows(goldFunnelHourlyBrand)),
  );
});

describe('tombstones', () => {
  const row = (revision: number, table: Table = goldFunnelHourlyBrand) =>
    log(table, staging, [goldRow(table, { hour: 0, name: 'bb', revision, pane: 'late' })]);

  test('keep older rows away until the window is two days past its expiry', async () => {
    // The fourth revision of this name has no events.
    await upsert([...row(3), ...row(3, goldFunnelDailyBrand)], 1);
    await upsert([...row(4), ...row(4, goldFunnelDailyBrand)], 2);
    await upsert([...row(3), ...row(3, goldFunnelDailyBrand)], 3);
    const { gold_funnel_hourly_brand, gold_funnel_daily_brand } = await readTables(file);
    expect([gold_funnel_hourly_brand, gold_funnel_daily_brand]).toEqual([[], []]);
    const left = async (watermark: number) => {
      await upsert([], 4, { run: run(watermark) });
      return (await query('SELECT table_name FROM stream_tombstones ORDER BY ALL')).flat();
    };
    const [hour, day] = [3 * HOUR, 26 * HOUR].map((expiry) => START + expiry + 48 * HOUR);
    expect(await left(hour - 1)).toEqual(['gold_funnel_daily_brand', 'gold_funnel_hourly_brand']);
    expect(await left(hour)).toEqual(['gold_funnel_daily_brand']);
    expect(await left(day - 1)).toEqual(['gold_funnel_daily_brand']);
    expect(await left(day)).toEqual([]);
  });

  test('give way to a newer row', async () => {
    await upsert(row(4), 1);
    await upsert(row(5), 2);
    expect(await query('SELECT revision::INTEGER FROM gold_funnel_hourly_brand')).toEqual([[5]]);
    expect(await query('FROM stream_tombstones')).toEqual([]);
  });
});

test('an anomaly without events is a retracted row, not a removed one', async () => {
  const open = anomalyRow({ hour: 0, name: 'bb', revision: 2, pane: 'on_time', through: 1 });
  const healed: Values = {
    ...anomalyRow({ hour: 0, name: 'bb', revision: 4, pane: 'late', through: 1 }),
    status: 'retracted',
  };
  expect(healed.views).toBe(0);
  for (const row of [open, healed, open]) await upsert(log(goldAnomaliesHourlyBrand, staging, [row]), 1);
  expect(await query('SELECT status, revision::INTEGER FROM gold_anomalies_hourly_brand')).toEqual([
    ['retracted', 4],
  ]);
});

describe('the ledger', () => {
  const flush = (commit: number, ...read: number[]) =>
    upsert(
      read.flatMap((each) => log(pipelineLedger, staging, [ledgerRow(1, each)])),
      commit,
    );
  const held = () => query('SELECT "read"::INTEGER, "commit"::INTEGER FROM pipeline_ledger');

  test('of one commit the fullest row counts, of several the last', async () => {
    await flush(2, 5, 9, 7);
    expect(await held()).toEqual([[9, 2]]);
    await flush(1, 99);
    expect(await held()).toEqual([[9, 2]]);
    await flush(3, 4);
    expect(await held()).toEqual([[4, 3]]);
  });

  test('a commit that is done again after a crash, with other records, counts', async () => {
    await flush(2, 9);
    await flush(2, 12);
    expect(await held()).toEqual([[12, 2]]);
    await flush(2, 10);
    expect(await held()).toEqual([[10, 2]]);
  });
});

describe('the audit', () => {
  /** Rows 0 (of no hour), 1 and 2 (of hours 1 and 2) with so much unaccounted for; what is due at a watermark, the lateness being two hours. */
  const due = async (watermark: number | null, ...unaccounted: (number | null)[]) => {
    const rows = unaccounted.map((each, bucket) => ({ ...ledgerRow(bucket, 5), unaccounted: each }));
    let seen: unknown;
    await upsert(log(pipelineLedger, staging, rows), 1, {
      run: run(watermark),
      audit: (open) => {
        seen = open;
      },
    });
    return seen;
  };
  const [none, first, second] = [3, 1, -2].map((unaccounted, bucket) => ({
    bucket: `b${bucket}`,
    unaccounted,
  }));

  test('sees the rows that are due: those of no hour always, an hour’s when it has expired', async () => {
    expect(await due(Number.NEGATIVE_INFINITY, 3, 1, -2)).toEqual([none]);
    expect(await due(START + 4 * HOUR - 1, 3, 1, -2)).toEqual([none]);
    expect(await due(START + 4 * HOUR, 3, 1, -2)).toEqual([first, none]);
    expect(await due(START + 5 * HOUR, 3, 1, -2)).toEqual([first, second, none]);
    expect(await due(null, 3, 1, -2)).toEqual([first, second, none]);
    expect(await due(null, null, 0, -2)).toEqual([second]);
  });

  test('goes by the watermark of this run, not by one that a cut off flush has left', async () => {
    await upsert([], 1, { run: run(START + 9 * HOUR) });
    expect(await due(START, 0, 1, 0)).toEqual([]);
  });

  test('undoes the flush with what it throws, whatever that says', async () => {
    await upsert(log(deadLetters, staging, [letterRow(1)]), 1);
    const before = [await tableTexts(file), await query('FROM runs')];
    const thrown = new Error('could not write: no space left on device');
    const refused = upsert(log(deadLetters, staging, [letterRow(2)]), 2, {
      run: run(START + HOUR),
      audit: () => {
        throw thrown;
      },
    });
    await expect(refused).rejects.toBe(thrown);
    expect([await tableTexts(file), await query('FROM runs')]).toEqual(before);
  });

  test('does not judge by rows that a cut off flush of the same commit has left', async () => {
    expect(await due(null, 3)).toEqual([none]);
    let seen: unknown;
    const audit = (open: unknown) => {
      seen = open;
    };
    await upsert([], 1, { run: run(null), audit });
    expect(seen).toEqual([]);
    await upsert([], 2, { run: run(null), audit });
    expect(seen).toEqual([]);
    expect(await query('SELECT "read"::INTEGER, unaccounted FROM pipeline_ledger')).toEqual([[5, null]]);
  });
});

describe('the run', () => {
  const row = async () => {
    const [[counts, watermark, status, finished]] = await query(
      'SELECT counts::VARCHAR, epoch_ms(watermark)::DOUBLE, status, epoch_ms(finished_at)::DOUBLE FROM runs',
    );
    return { counts: JSON.parse(String(counts)), watermark, status, finished };
  };

  test('says what the tables hold after each flush', async () => {
    const letters = log(deadLetters, staging, [letterRow(1), letterRow(2)]);
    const ledger = [1, 2].flatMap((bucket) => log(pipelineLedger, staging, [ledgerRow(bucket, 5)]));
    await upsert([...letters, ...ledger], 1);
    const { counts, ...rest } = await row();
    expect(rest).toEqual({ watermark: START, status: 'running', finished: null });
    expect(counts).toMatchObject({ read: 10, counted: 10, duplicates: 0, rejected: 0, late_dropped: 0 });
    expect(counts.tables).toMatchObject({ dead_letters: 2, pipeline_ledger: 2, gold_funnel_daily_brand: 0 });
    await upsert([], 2, { run: run(null), isLast: true, now: START + 5 });
    expect(await row()).toMatchObject({ watermark: null, status: 'done', finished: START + 5 });
  });

  test('has a watermark that never goes back, and that a store can hold', async () => {
    expect((await row()).watermark).toBe(Date.parse('0001-01-01T00:00:00Z'));
    const kept = async (watermark: number) => {
      await upsert([], 1, { run: run(watermark) });
      return (await row()).watermark;
    };
    expect(await kept(-9.2e15)).toBe(Date.parse('0001-01-01T00:00:00Z'));
    expect(await kept(START)).toBe(START);
    expect(await kept(START - 1)).toBe(START);
    expect(await kept(9.2e15)).toBe(null);
    expect(await kept(START)).toBe(null);
  });

  test('closes rows by its watermark', async () => {
    const rows = [0, 1].map((hour) =>
      goldRow(goldFunnelHourlyBrand, { hour, name: 'a', revision: 1, pane: 'early' }),
    );
    const closed = async (watermark: number) => {
      await upsert(log(goldFunnelHourlyBrand, staging, rows), 1, { run: run(watermark) });
      return (await query('SELECT count(*)::INTEGER FROM gold_funnel_hourly_brand_closed'))[0][0];
    };
    expect(await closed(START + 4 * HOUR - 1)).toBe(0);
    expect(await closed(START + 4 * HOUR)).toBe(1);
    expect(await closed(START + 5 * HOUR)).toBe(2);
  });
});

describe('a flush that fails', () => {
  test('half-way leaves all as it was', async () => {
    await upsert(log(deadLetters, staging, [letterRow(1)]), 1);
    const before = [await tableTexts(file), await query('FROM runs')];
    const parts = [...log(deadLetters, staging, [letterRow(2)]), lostRows(pipelineLedger)];
    await expect(upsert(parts, 2, { run: run(START + HOUR) })).rejects.toThrow('gone');
    expect([await tableTexts(file), await query('FROM runs')]).toEqual(before);
  });

  test('for an output that is gone, is somebody else’s, or has another run', async () => {
    const other = run(START, 'run-2', 'state-2');
    await prepareStreamOutput({ file, run: { ...other, started_at: START + 1 }, commits: 0, replace: true });
    await expect(upsert([], 1)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/the stream with the state state-2 has taken it over.*--replace/),
    });
    rmSync(file);
    await expect(upsert([], 1)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching('it is gone'),
    });
  });

  test('for a table that no stream writes', async () => {
    const silver = { table: 'silver_events', rows: 1, blocks: new Uint8Array(0) };
    await expect(upsert([silver], 1)).rejects.toThrow('a stream does not write silver_events');
  });
});
