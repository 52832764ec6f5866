/** Streams of a made-up shop's events into BigQuery, by programs that a test can kill; and a batch run over the same events, which says what has to come out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, start } from '../e2e/product';
import { readTables } from '../e2e/read_tables';
import { differences } from '../e2e/stream/scene';
import type { TableRow } from '../e2e/table_diff';
import { readDataset } from '../emulators/bigquery_rows';

const RUN = join(__dirname, 'stream_run.js');

export const own = (dataset: string) => ({ project: 'local-test', dataset });

export class BigqueryScene {
  private readonly folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bigquery-stream-'));
  private readonly input = join(this.folder, 'events.csv');
  private tables: Record<string, TableRow[]> = {};

  private constructor(readonly events: number) {}

  static async open(events: number): Promise<BigqueryScene> {
    const scene = new BigqueryScene(events);
    const batch = join(scene.folder, 'batch.duckdb');
    const shop = ['--events', String(events), '--days', '2', '--seed', '5'];
    for (const args of [
      ['generate', ...shop, '--out', scene.input, '--quiet'],
      // The stream has no baseline: nothing is flagged in either.
      [
        ...['run', '--input', scene.input, '--output', `duckdb:${batch}`, '--quiet'],
        ...['--min-flag-views', '1000000000'],
      ],
    ])
      expect(await start(args).ended).toMatchObject({ code: 0, stderr: '' });
    scene.tables = await readTables(batch);
    return scene;
  }

  /** A folder for a state. */
  place(): string {
    return mkdtempSync(join(this.folder, 'run-'));
  }

  /** Rows of each table of a batch run. */
  get rows(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.tables)
        .filter(([name]) => name !== 'silver_events')
        .map(([name, { length }]) => [name, length]),
    );
  }

  /** Streams the events to their end, or until it is killed at a point of a commit. */
  async run(state: string, dataset: string, ...point: string[]): Promise<Outcome> {
    process.env.OUTPUT = `bigquery:local-test.${dataset}`;
    try {
      return await start([], { by: [process.execPath, RUN, this.input, state, ...point] }).ended;
    } finally {
      delete process.env.OUTPUT;
    }
  }

  batch(dataset: string, ...more: string[]): Promise<Outcome> {
    const output = `bigquery:local-test.${dataset}`;
    return start(['run', '--input', this.input, '--output', output, '--quiet', ...more]).ended;
  }

  /** What is wrong with the stream's tables as SQL shows them, nothing at best. */
  async wrong(dataset: string): Promise<string[]> {
    const live = await readDataset(own(dataset));
    return [
      ...differences(this.tables, { ...live, gold_anomalies_hourly_brand: [] }),
      ...live.pipeline_ledger
        .filter(({ unaccounted }) => unaccounted !== 0)
        .map(({ bucket, unaccounted }) => `${bucket}: ${unaccounted} unaccounted`),
    ];
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
