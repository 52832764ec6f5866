import { reshuffle } from '../../beam/reshuffle';
import { impulse, type PCollection, type Root, withName } from '../../beam/sdk';
import { step } from '../../beam/step';
import type { RangeChunk } from '../../schema/chunk';
import type { FileRange } from './file_range';
import { ListFiles } from './list_files';
import { ReadRanges, ReadRangesSync } from './read_ranges';

export interface ReadEventsOptions {
  /** Files, directories, globs. */
  readonly inputs: readonly string[];
  /** Bytes of a range: what one worker reads at a time. */
  readonly splitBytes: number;
  /** For runners without promises. */
  readonly synchronous: boolean;
}

/** The source of files: they are listed and split into byte ranges when the pipeline runs, the ranges spread over workers, and read there. */
export function readEvents(options: ReadEventsOptions): (root: Root) => PCollection<RangeChunk> {
  const read = withName('Read events', (start: Root) =>
    (start.apply(withName('Start', impulse())) as PCollection<Uint8Array>)
      .apply(
        step<unknown, FileRange, unknown>(
          'List files',
          new ListFiles(options.inputs, options.splitBytes),
        ) as never,
      )
      .apply(reshuffle<FileRange>() as never)
      .apply(
        step<FileRange, RangeChunk, unknown>(
          'Read ranges',
          options.synchronous ? new ReadRangesSync() : new ReadRanges(),
        ) as never,
      ),
  );
  return (root) => root.apply(read as never) as PCollection<RangeChunk>;
}
