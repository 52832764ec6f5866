/** The sample by the command line into BigQuery, through a proxy that a test can tell what becomes of calls; and the tables and the summary that a DuckDB output has of it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetName } from '../../io/bigquery/dataset_name';
import { describeWithBigquery } from '../emulators/bigquery';
import { FaultProxy } from '../emulators/fault_proxy';
import { SAMPLE, type Started, start } from './product';
import { readTables } from './read_tables';
import type { TableRow } from './table_diff';

const NOW = ['--now', '2026-01-01T00:00:00Z'];

export interface SampleInBigquery {
  readonly folder: string;
  readonly between: FaultProxy;
  readonly expected: Record<string, TableRow[]>;
  readonly summary: Record<string, unknown>;
}

export const own = (dataset: string): DatasetName => ({ project: 'local-test', dataset });

/** Runs the sample into a dataset. */
export function run({ project, dataset }: DatasetName, ...more: string[]): Started {
  return start(['run', '--input', SAMPLE, '--output', `bigquery:${project}.${dataset}`, ...NOW, ...more]);
}

/** Staging directories of runs into a dataset. */
export function staged({ project, dataset }: DatasetName): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`.funnelpulse-${project}.${dataset}.`));
}

/** @param body given a function that returns what there is; for use within tests */
export function describeSampleInBigquery(name: string, body: (scene: () => SampleInBigquery) => void): void {
  describeWithBigquery(name, (server) => {
    let scene: SampleInBigquery;
    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'funnelpulse-bigquery-e2e-'));
      const between = await FaultProxy.before(server().url);
      process.env.BIGQUERY_EMULATOR_HOST = between.url;
      const file = join(folder, 'sample.duckdb');
      const output = ['--output', `duckdb:${file}`, ...NOW, '--json'];
      const { code, stdout } = await start(['run', '--input', SAMPLE, ...output]).ended;
      expect(code).toBe(0);
      scene = { folder, between, expected: await readTables(file), summary: JSON.parse(stdout) };
    });
    beforeEach(() => {
      scene.between.decide = () => 'pass';
    });
    afterAll(async () => {
      await scene.between.stop();
      rmSync(scene.folder, { recursive: true });
    });
    body(() => scene);
  });
}
