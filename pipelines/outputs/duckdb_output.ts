import { isPublished } from '../../io/duckdb/is_published';
import { loadDriver } from '../../io/duckdb/open';
import { prepareOutput } from '../../io/duckdb/prepare_output';
import { removeStaging } from '../../io/staging/staging_directory';
import { readSummary } from '../summary';
import { type BatchOutput, exampleQuery } from './batch_output';

/** A DuckDB file; rows are staged beside it. */
export function duckdbOutput(file: string, omit: readonly string[]): BatchOutput {
  let staging: string | undefined;
  return {
    name: file,
    prepare: async (runId, replace) => {
      staging = await prepareOutput(file, runId, replace);
      return staging;
    },
    publishing: (directory, run) => ({ kind: 'duckdb', options: { file, staging: directory, omit, run } }),
    progress: () => null,
    isPublished: (runId) => isPublished(file, runId),
    summary: (runId, run) => readSummary(file, runId, run),
    example: duckdbExample(file),
    // The summary needs it.
    warmUp: () => void loadDriver(),
    close: async () => {
      if (staging !== undefined) removeStaging(staging);
    },
  };
}

/** A command that reads a table of a DuckDB file. */
export function duckdbExample(file: string): string {
  return `duckdb ${file} "${exampleQuery('gold_funnel_daily_brand')}"`;
}
