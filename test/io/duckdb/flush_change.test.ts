/** What flushes tell of is what they do: who goes by it has the tables as they are in the file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { ask } from '../../../io/duckdb/ask';
import { AttachedFile } from '../../../io/duckdb/attached_file';
import type { FlushFollower } from '../../../io/duckdb/flush_change';
import { withDuckdb } from '../../../io/duckdb/open';
import { prepareStreamOutput } from '../../../io/duckdb/prepare_stream_output';
import { columnSource, readColumns } from '../../../io/duckdb/read_columns';
import { type UpsertOptions, upsertTables } from '../../../io/duckdb/upsert_tables';
import type { LoggedRows } from '../../../io/staging/log_rows';
import type { Table } from '../../../schema/table';
import type { TableChange } from '../../../schema/table_change';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelHourlyBrand,
  pipelineLedger,
  runs,
  STREAM_TABLES,
} from '../../../schema/tables';
import { history, runsOf } from '../upsert_flushes';
import {
  anomalyRow,
  goldRow,
  ledgerRow,
  letterRow,
  log,
  lostRows,
  run,
  START,
  type Values,
} from '../upsert_rows';
import { rowsOf } from './block_rows';

type Held = FlushFollower['held'];

let folder: string;
let file: string;
let staging: string;
let output: AttachedFile;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-follow-'));
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

/** Somebody who holds columns of tables, each as a plain Map, and goes by what flushes tell. */
class Follower implements FlushFollower {
  readonly maps: ReadonlyMap<string, Map<string, Values>>;
  flushes = 0;
  removed = 0;

  /** `isLoaded`: has what there is when it begins. */
  constructor(
    readonly held: Held,
    private isLoaded = true,
  ) {
    this.maps = new Map(held.map(({ table }) => [table.name, new Map<string, Values>()]));
  }

  onFlush = (changes: readonly TableChange[]): void => {
    this.flushes++;
    if (this.isLoaded) for (const change of changes) this.apply(change);
  };

  /** Takes what the file holds, and goes by what is told from then on. */
  load(): Promise<void> {
    return output.load(async (connection) => {
      for (const { table, columns } of this.held)
        for await (const block of readColumns(connection, columnSource(table, columns)))
          this.apply({ table, block, voids: null });
      // A flush that came in now would be missed.
      await delay(50);
      this.isLoaded = true;
    });
  }

  private apply({ table, block, voids }: TableChange): void {
    const { columns } = this.held.find((each) => each.table === table)!;
    expect(Object.keys(block.columns)).toEqual(columns);
    const map = this.maps.get(table.name)!;
    rowsOf([block], columnSource(table, columns).columns).forEach((row, at) => {
      const key = keyOf(table, row);
      if (voids?.[at] !== 1) map.set(key, row);
      else if (map.delete(key)) this.removed++;
    });
  }

  /** Asks the file whether it holds the same. */
  async check(): Promise<void> {
    await withDuckdb(file, 'READ_ONLY', async (connection) => {
      for (const { table, columns } of this.held) {
        const source = columnSource(table, columns);
        const rows = await ask(connection, {
          sql: `FROM ${source.from}`,
          parameters: {},
          columns: source.columns,
        });
        expect(sorted(table, [...this.maps.get(table.name)!.values()])).toEqual(sorted(table, rows));
      }
    });
  }
}

function keyOf(table: Table, row: Values): string {
  return JSON.stringify(table.key.map((column) => row[column]));
}

function sorted(table: Table, rows: readonly Values[]): Values[] {
  return rows.toSorted((a, b) => (keyOf(table, a) < keyOf(table, b) ? -1 : 1));
}

/** Some tables, and of each its key and some more columns, in any order. */
const held: fc.Arbitrary<Held> = fc
  .subarray([...STREAM_TABLES, runs], { minLength: 4 })
  .chain((tables) =>
    fc.tuple(
      ...tables.map((table) =>
        fc
          .shuffledSubarray(Object.keys(table.columns))
          .map((columns) => ({ table, columns: [...new Set([...columns, ...table.key])] })),
      ),
    ),
  );
const everything: Held = [...STREAM_TABLES, runs].map((table) => ({
  table,
  columns: Object.keys(table.columns),
}));

let outputs = 0;
test('who goes by what flushes tell has the tables, whatever flushes come', async () => {
  let removed = 0;
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.oneof(fc.constant(everything), held),
      fc.infiniteStream(fc.boolean()),
      async ([all, calls], tables, atRest) => {
        await newOutput(`follow-${outputs++}`);
        const follower = new Follower(tables);
        // At least all flushes once, since what comes later replaces more.
        for (const call of [...calls, ...all.map((_, at) => [at])]) {
          const parts = STREAM_TABLES.flatMap((table) =>
            call.flatMap((at) => log(table, staging, all[at].get(table) ?? [])),
          );
          const audit = atRest.next().value ? { audit: () => {} } : {};
          await upsert(parts, Math.max(...call) + 1, { follow: follower, ...audit });
          await follower.check();
        }
        expect(follower.flushes).toBe(calls.length + all.length);
        removed += follower.removed;
      },
    ),
    runsOf(12),
  );
  expect(removed).toBeGreaterThan(0);
});

test('who loads the tables while flushes come and goes by them from then on has them, too', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.array(fc.nat(200), { minLength: 3, maxLength: 3 }), async ([all], waits) => {
      await newOutput(`load-${outputs++}`);
      const followers = waits.map(() => new Follower(everything, false));
      const loads = followers.map(async (follower, at) => {
        await delay(waits[at]);
        await follower.load();
      });
      const onFlush = (changes: readonly TableChange[]): void => {
        for (const follower of followers) follower.onFlush(changes);
      };
      for (const [at, flush] of all.entries()) {
        const parts = STREAM_TABLES.flatMap((table) => log(table, staging, flush.get(table) ?? []));
        await upsert(parts, at + 1, { follow: { held: everything, onFlush } });
      }
      await Promise.all(loads);
      for (const follower of followers) await follower.check();
    }),
    runsOf(8),
  );
});

/** What one flush tells. */
async function told(
  tables: Held,
  flush: (follow: FlushFollower) => Promise<unknown>,
): Promise<readonly TableChange[]> {
  const seen: (readonly TableChange[])[] = [];
  await flush({ held: tables, onFlush: (changes) => seen.push(changes) });
  expect(seen).toHaveLength(1);
  return seen[0];
}

test('rows are told of as they are written, with the time and number of their flush', async () => {
  const rows = [
    goldRow(goldFunnelDailyBrand, { hour: 0, name: 'a', revision: 1, pane: 'early' }),
    // The fourth revision of this name has no events.
    goldRow(goldFunnelDailyBrand, { hour: 0, name: 'bb', revision: 4, pane: 'early' }),
  ];
  const healed = anomalyRow({ hour: 0, name: 'bb', revision: 4, pane: 'late', through: 1 });
  const parts = [
    ...log(goldFunnelDailyBrand, staging, rows),
    ...log(goldAnomaliesHourlyBrand, staging, [healed]),
    ...log(pipelineLedger, staging, [ledgerRow(1, 5)]),
    ...log(deadLetters, staging, [letterRow(1)]),
  ];
  const tables = [
    { table: goldFunnelDailyBrand, columns: ['computed_at', 'brand'] },
    { table: goldAnomaliesHourlyBrand, columns: ['computed_at'] },
    { table: pipelineLedger, columns: ['commit'] },
  ];
  const number = (value: number) => ({ kind: 'number', values: Float64Array.of(value), nulls: null });
  const changes = await told(tables, (follow) => upsert(parts, 7, { follow, now: START + 99.5 }));
  expect(changes).toEqual([
    {
      table: goldFunnelDailyBrand,
      block: {
        rows: 2,
        columns: {
          computed_at: { kind: 'number', values: Float64Array.of(START + 99, START + 99), nulls: null },
          brand: { kind: 'text', values: ['a', 'bb'] },
        },
      },
      voids: Uint8Array.of(0, 1),
    },
    {
      table: goldAnomaliesHourlyBrand,
      block: { rows: 1, columns: { computed_at: number(START + 99) } },
      // It stays, as a retracted one.
      voids: null,
    },
    { table: pipelineLedger, block: { rows: 1, columns: { commit: number(7) } }, voids: null },
  ]);
});

test('what a flush repeats, and nobody asks for, is not told of', async () => {
  const parts = [
    ...log(goldFunnelDailyBrand, staging, [
      goldRow(goldFunnelDailyBrand, { hour: 0, name: 'a', revision: 1, pane: 'early' }),
    ]),
    ...log(deadLetters, staging, [letterRow(1)]),
  ];
  const daily = [{ table: goldFunnelDailyBrand, columns: ['brand'] }];
  expect(await told(daily, (follow) => upsert(parts, 1, { follow }))).toHaveLength(1);
  expect(await told(daily, (follow) => upsert(parts, 2, { follow }))).toEqual([]);
  expect(await told([], (follow) => upsert(parts, 3, { follow }))).toEqual([]);
});

test('of a large flush all rows', async () => {
  const rows = Array.from({ length: 9000 }, (_, at) =>
    goldRow(goldFunnelHourlyBrand, { hour: at % 40, name: `n${at % 125}`, revision: at, pane: 'early' }),
  );
  const follower = new Follower([
    { table: goldFunnelHourlyBrand, columns: ['window_start', 'brand', 'views'] },
  ]);
  await upsert(log(goldFunnelHourlyBrand, staging, rows), 1, { follow: follower });
  expect(follower.maps.get(goldFunnelHourlyBrand.name)!.size).toBeGreaterThan(600);
  await follower.check();
});

test('rows of the ledger that a flush takes the judgement from are told of, though none comes in', async () => {
  const parts = [1, 2].flatMap((bucket) => log(pipelineLedger, staging, [ledgerRow(bucket, 5)]));
  await upsert(parts.slice(0, 1), 1);
  await upsert(parts.slice(1), 2);
  const ledger = [{ table: pipelineLedger, columns: ['bucket', 'unaccounted'] }];
  const audit = () => {};
  const [{ block }, ...others] = await told(ledger, (follow) => upsert([], 2, { follow, audit }));
  expect(rowsOf([block], columnSource(pipelineLedger, ledger[0].columns).columns)).toEqual([
    { bucket: 'b2', unaccounted: null },
  ]);
  expect(others).toEqual([]);
  expect(await told(ledger, (follow) => upsert([], 2, { follow, audit }))).toEqual([]);
});

describe('a flush that fails', () => {
  const unheard: FlushFollower = {
    held: everything,
    onFlush: () => {
      throw new Error('told of what is not so');
    },
  };
  const letter = () => log(deadLetters, staging, [letterRow(1)]);

  test('tells nothing', async () => {
    const lost = upsert([...letter(), lostRows(pipelineLedger)], 1, { follow: unheard });
    await expect(lost).rejects.toThrow('gone');
    const audit = () => {
      throw new Error('unbalanced');
    };
    await expect(upsert(letter(), 1, { follow: unheard, audit })).rejects.toThrow('unbalanced');
    // The file has another run by now.
    const other = { ...run(START, 'run-2', 'state-2'), started_at: START + 1 };
    await prepareStreamOutput({ file, run: other, commits: 0, replace: true });
    await expect(upsert(letter(), 1, { follow: unheard })).rejects.toThrow('has taken it over');
  });

  test('since it tells of a column that there is none of, is not in the tables', async () => {
    const held = [{ table: deadLetters, columns: ['none'] }];
    await expect(upsert(letter(), 1, { follow: { ...unheard, held } })).rejects.toThrow('no column none');
    expect(await upsert(letter(), 1)).toEqual({ dead_letters: 1 });
  });

  test('for who is told of it has taken effect', async () => {
    await expect(upsert(letter(), 1, { follow: unheard })).rejects.toThrow('told of what is not so');
    expect(await upsert(letter(), 1)).toEqual({ dead_letters: 0 });
  });
});
