/** The books that are kept beside BigQuery say what a DuckDB output's say of the same flushes: what is open, what a crash has cast doubt on, and the sums. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { StreamLedger } from '../../../../io/bigquery/stream/stream_ledger';
import { AttachedFile } from '../../../../io/duckdb/attached_file';
import { withDuckdb } from '../../../../io/duckdb/open';
import { prepareStreamOutput } from '../../../../io/duckdb/prepare_stream_output';
import { upsertTables } from '../../../../io/duckdb/upsert_tables';
import type { OpenBucket } from '../../../../io/open_bucket';
import { rowBlocks } from '../../../../io/staging/block_writer';
import { HOUR_MS } from '../../../../schema/events';
import { type LedgerRow, pipelineLedger } from '../../../../schema/tables';

const START = Date.parse('2026-01-01T00:00:00Z');
const LATENESS = 2 * HOUR_MS;
const HOURS = 4;

/** A row of an hour, or of `unknown`, as the graph gives it out; it may not balance. */
const row = fc
  .record({
    hour: fc.integer({ min: -1, max: HOURS - 1 }),
    counted: fc.nat(20),
    duplicates: fc.nat(3),
    rejected: fc.nat(3),
    late: fc.option(fc.nat(2), { freq: 5 }),
    lost: fc.constantFrom(0, 0, 0, 1, 5),
  })
  .map(({ hour, counted, duplicates, rejected, late, lost }): LedgerRow => {
    const start = hour < 0 ? null : START + hour * HOUR_MS;
    return {
      bucket: start === null ? 'unknown' : `${new Date(start).toISOString().slice(0, 13)}:00:00Z`,
      window_start: start,
      read: counted + duplicates + rejected + (late ?? 0) + lost,
      ...{ counted, duplicates, rejected, late_dropped: late },
      late_source: late === null ? 'unknown' : 'runner',
      redriven: 0,
      unaccounted: late === null ? null : lost,
      commit: 0,
    };
  });
const flush = fc.record({
  rows: fc.array(row, { maxLength: 6 }),
  watermark: fc.integer({ min: 0, max: 8 }).map((hours) => START + hours * HOUR_MS),
  /** The next start of the program goes on from before this flush. */
  cutOff: fc.boolean(),
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-stream-ledger-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('its judgement is that of a DuckDB output', async () => {
  let output = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(flush, { minLength: 1, maxLength: 4 }), async (flushes) => {
      const file = join(folder, `${output++}.duckdb`);
      const run = {
        ...{ run_id: 'r', state_id: 's', mode: 'streaming' as const, input: 'i', options: '{}' },
        ...{ watermark: START, allowed_lateness_ms: LATENESS, started_at: START },
      };
      const staging = await prepareStreamOutput({ file, run, commits: 0, replace: false });
      const attached = new AttachedFile(file, join(staging, 'spilled'));
      try {
        let books = new StreamLedger([]);
        let commits = 0;
        for (const { rows, watermark, cutOff } of flushes) {
          const commit = commits + 1;
          // DuckDB doubts at each flush, this one once at the start: both before any row of it comes.
          books = new StreamLedger(await stored(file));
          books.doubtAfter(commits);
          const blocks = [...rowBlocks(pipelineLedger, rows)];
          books.take(blocks, commit);
          let open: readonly OpenBucket[] = [];
          const logged = blocks.map((bytes) => ({
            table: pipelineLedger.name,
            rows: rows.length,
            blocks: bytes,
          }));
          await upsertTables(logged, {
            ...{ output: attached, now: START, commit, run: { ...run, watermark } },
            audit: (found) => {
              open = found;
            },
          });
          expect(books.open(watermark, LATENESS)).toEqual(open);
          const [sums] = await query(
            file,
            `SELECT coalesce(sum("read"), 0)::INTEGER AS "read", coalesce(sum(counted), 0)::INTEGER AS counted, coalesce(sum(duplicates), 0)::INTEGER AS duplicates, coalesce(sum(rejected), 0)::INTEGER AS rejected, coalesce(sum(late_dropped), 0)::INTEGER AS late_dropped FROM pipeline_ledger`,
          );
          expect(books.sums).toEqual(sums);
          if (!cutOff) commits = commit;
        }
      } finally {
        await attached.close();
        rmSync(staging, { recursive: true, force: true });
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('what was doubted is named, to be written again without a judgement', () => {
  const [base] = fc.sample(row, { numRuns: 1, seed: 1 });
  const of = (bucket: string, commit: number): LedgerRow => ({
    ...base,
    bucket,
    commit,
    unaccounted: 7,
    window_start: null,
  });
  const books = new StreamLedger([of('a', 3), of('b', 4)]);
  expect(books.doubtAfter(3)).toEqual([{ ...of('b', 4), unaccounted: null }]);
  expect(books.doubtAfter(3)).toEqual([]);
  expect(books.open(null, LATENESS)).toEqual([{ bucket: 'a', unaccounted: 7 }]);
});

async function stored(file: string): Promise<LedgerRow[]> {
  const { window_start: _, ...others } = pipelineLedger.columns;
  const numbers = Object.entries(others).map(([name, { type }]) =>
    type === 'int64' ? `"${name}"::DOUBLE AS "${name}"` : `"${name}"`,
  );
  return (await query(
    file,
    `SELECT epoch_ms(window_start)::DOUBLE AS window_start, ${numbers.join(', ')} FROM pipeline_ledger`,
  )) as unknown as LedgerRow[];
}

function query(file: string, sql: string): Promise<Record<string, unknown>[]> {
  return withDuckdb(file, 'READ_ONLY', async (connection) =>
    (await connection.runAndReadAll(sql)).getRowObjectsJson(),
  );
}
