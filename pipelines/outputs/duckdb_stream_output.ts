import * as path from 'node:path';
import { AttachedFile } from '../../io/duckdb/attached_file';
import { prepareStreamOutput } from '../../io/duckdb/prepare_stream_output';
import { readOwnHistory } from '../../io/duckdb/read_baseline';
import { upsertTables } from '../../io/duckdb/upsert_tables';
import { removeStaging, stagingOf } from '../../io/staging/staging_directory';
import { readSummary } from '../summary';
import { duckdbExample } from './duckdb_output';
import type { StreamOutput } from './stream_output';

/** A DuckDB file, open for the time of each flush only, so that others can read between; rows are logged beside it. */
export function duckdbStreamOutput(file: string): StreamOutput {
  let staging: string | undefined;
  let attached: AttachedFile | undefined;
  return {
    name: file,
    example: duckdbExample(file),
    state: `${file}.state`,
    // Opening the file takes longer than writing a watermark down.
    watermarkEveryMs: 1000,
    history: (minViews) => readOwnHistory(file, minViews),
    staging: (runId) => stagingOf(file, runId),
    prepare: async (start) => {
      staging = await prepareStreamOutput({ file, ...start });
      attached = new AttachedFile(file, path.join(staging, 'spilled'));
    },
    flush: (logged, flush) => {
      if (attached === undefined) throw new Error('the output has not been prepared');
      return upsertTables(logged, { output: attached, ...flush });
    },
    summary: (runId, run) => readSummary(file, runId, run),
    close: async () => {
      attached?.close();
      if (staging !== undefined) removeStaging(staging);
    },
  };
}
