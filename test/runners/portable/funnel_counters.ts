/** What the funnel counts on the sample, on a job server and on the local runner. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeStaging, removeStaging } from '../../../io/staging/staging_directory';
import { executeBatch } from '../../../pipelines/execute_batch';
import type { RunnerChoice } from '../../../pipelines/runner_choice';
import { startWorkers } from '../../../runners/local';
import { SAMPLE } from '../../e2e/product';
import { OPTIONS } from '../../streaming/stream_funnel';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-counters-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let runs = 0;

/** Runs the sample, in ranges small enough for several bundles, and returns what it has counted. */
async function counted(runner: RunnerChoice): Promise<Record<string, number>> {
  const run_id = `run-${++runs}`;
  const file = join(folder, `${run_id}.duckdb`);
  const staging = makeStaging(file, run_id);
  const run = {
    ...{ run_id, state_id: null, mode: 'batch' as const, input: SAMPLE, options: '{}' },
    ...{ watermark: null, allowed_lateness_ms: OPTIONS.windowing.allowedLatenessMs, started_at: 0 },
  };
  try {
    const counters = await executeBatch({
      ...{ inputs: [SAMPLE], splitBytes: 256 << 10, staging },
      funnel: OPTIONS,
      baseline: { name: 'run' },
      publishing: { kind: 'duckdb', options: { file, staging, omit: ['silver_events'], run } },
      runner,
      workers: startWorkers(0, []),
    });
    return Object.fromEntries([...counters].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    removeStaging(staging);
  }
}

export async function expectSameCounters(runner: string, endpoint: string): Promise<void> {
  const local = await counted({ name: 'local' });
  expect(local.rows_read).toBe(22_283);
  expect(await counted({ name: 'job server', runner, endpoint, environment: null, options: {} })).toEqual(
    local,
  );
}
