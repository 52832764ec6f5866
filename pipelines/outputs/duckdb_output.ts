import { isPublished } from '../../io/duckdb/is_published';
import { loadDriver } from '../../io/duckdb/open';
import { prepareOutput } from '../../io/duckdb/prepare_output';
import { whenUnlocked } from '../../io/duckdb/when_unlocked';
import { removeStaging } from '../../io/staging/staging_directory';
import { readSummary } from '../summary';
import { type BatchOutput, exampleQuery } from './batch_output';

/** How long a run waits, at its start, for somebody who reads its output. */
const READER_PATIENCE_MS = 2000;

/** A DuckDB file; rows are staged beside it. */
export function duckdbOutput(file: string, omit: readonly string[]): BatchOutput {
  let staging: string | undefined;
  return {
    name: file,
    prepare: async (runId, replace) => {
      // Who serves the file steps aside at once; whoever else has it open is told of before hours of work.
      staging = await whenUnlocked(() => prepareOutput(file, runId, replace), {
        patienceMs: READER_PATIENCE_MS,
        writes: file,
      });
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
