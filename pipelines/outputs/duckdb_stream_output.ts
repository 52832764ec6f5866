import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import pLimit from 'p-limit';
import { AttachedFile } from '../../io/duckdb/attached_file';
import { prepareStreamOutput } from '../../io/duckdb/prepare_stream_output';
import { readOwnHistory } from '../../io/duckdb/read_baseline';
import { upsertTables } from '../../io/duckdb/upsert_tables';
import { whenUnlocked } from '../../io/duckdb/when_unlocked';
import { InputError } from '../../io/input_error';
import { removeStaging, stagingOf } from '../../io/staging/staging_directory';
import { DUCKDB_QUESTIONS, sqlStore } from '../../serving/questions/store';
import { BusyError } from '../../serving/served';
import { readSummary } from '../summary';
import { duckdbExample } from './duckdb_output';
import type { StreamOutput } from './stream_output';
import { TableFeed } from './table_feed';

/** A core is left to the stream, and of the four threads that Node has for such work, one at least to flushes. */
const READERS = Math.max(1, Math.min(3, availableParallelism() - 1));
/** Requests that wait for one; more are refused, so that those that are taken are answered soon. */
const MOST_WAITING = 100;
/** A page waits less long than a flush does. */
const READERS_PATIENCE_MS = 5_000;

/** A DuckDB file, open for the time of each flush only, so that others can read between; rows are logged beside it. */
export function duckdbStreamOutput(file: string): StreamOutput {
  let staging: string | undefined;
  let attached: AttachedFile | undefined;
  let feed: TableFeed | undefined;
  let isClosed = false;
  const readers = pLimit(READERS);
  const whenReadable = <T>(work: (open: { file: AttachedFile; feed: TableFeed }) => Promise<T>): Promise<T> =>
    whenUnlocked(
      async () => {
        if (attached !== undefined && feed !== undefined && !isClosed) return work({ file: attached, feed });
        const why = isClosed ? 'has ended' : 'is starting';
        throw new InputError(`${file} can't be read now: the run ${why}`);
      },
      { patienceMs: READERS_PATIENCE_MS },
    );
  return {
    name: file,
    example: duckdbExample(file),
    state: `${file}.state`,
    // Opening the file takes longer than writing a watermark down.
    watermarkEveryMs: 1000,
    lookEveryMs: 1000,
    history: (minViews) => readOwnHistory(file, minViews),
    staging: (runId) => stagingOf(file, runId),
    prepare: async (start) => {
      staging = await prepareStreamOutput({ file, ...start });
      attached = new AttachedFile(file, path.join(staging, 'spilled'));
      feed = new TableFeed(attached);
    },
    flush: (logged, flush) => {
      if (attached === undefined) throw new Error('the output has not been prepared');
      return upsertTables(logged, {
        output: attached,
        ...flush,
        ...(feed !== undefined && { follow: feed }),
      });
    },
    read: async (questions) => {
      if (readers.pendingCount >= MOST_WAITING)
        throw new BusyError(`${file} is asked more than can be answered`);
      return readers(() =>
        whenReadable(({ file: attached }) =>
          attached.read(({ ask, moment }) => questions({ ...sqlStore(DUCKDB_QUESTIONS, ask), moment })),
        ),
      );
    },
    hold: (holder) => whenReadable(({ feed }) => feed.hold(holder)),
    release: () => feed?.forget(),
    summary: (runId, run) => readSummary(file, runId, run),
    close: async () => {
      isClosed = true;
      feed?.close();
      await attached?.close();
      if (staging !== undefined) removeStaging(staging);
    },
  };
}
