/** A first look through the input: which files are in order of event time already, and which span of time they have. */

import type { FileRange } from '../../io/files/file_range';
import { ListFiles } from '../../io/files/list_files';
import { ReadRanges } from '../../io/files/read_ranges';
import { TimedLines } from './timed_lines';

/** A file of the input. */
export interface SurveyedFile {
  /** All of it. */
  readonly range: FileRange;
  readonly lines: number;
  /** Event time of its first record that has one, milliseconds; that of the whole input where none has. */
  readonly first: number;
  /** Whether no record is earlier than one before it. */
  readonly sorted: boolean;
}

export interface Survey {
  readonly files: readonly SurveyedFile[];
  readonly lines: number;
  /** The earliest and the latest event time; NaN where no record has any. */
  readonly earliest: number;
  readonly latest: number;
}

/**
 * Looks through the files that `inputs` name, as `run` names them. `onLines` is told how many lines there are so far.
 *
 * @throws {InputError} for a path without events or a file that can't be read.
 */
export async function surveyInput(
  inputs: readonly string[],
  signal: AbortSignal,
  onLines: (lines: number) => void = () => {},
): Promise<Survey> {
  const files: SurveyedFile[] = [];
  let lines = 0;
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  for await (const range of new ListFiles(inputs, Number.MAX_SAFE_INTEGER).process()) {
    const reader = new TimedLines(range.columns);
    const before = lines;
    let first = Number.NaN;
    let last = Number.NEGATIVE_INFINITY;
    let sorted = true;
    for await (const chunk of new ReadRanges().process(range)) {
      if ('rangeEnd' in chunk) break;
      for (const { time } of reader.of(chunk)) {
        lines++;
        if (Number.isNaN(time)) continue;
        if (Number.isNaN(first)) first = time;
        if (time < last) sorted = false;
        last = time;
        if (time < earliest) earliest = time;
        if (time > latest) latest = time;
      }
      // A signal is only heard between two turns of the event loop.
      await new Promise(setImmediate);
      signal.throwIfAborted();
      onLines(lines);
    }
    files.push({ range, lines: lines - before, first, sorted });
  }
  const none = earliest > latest;
  const fallback = none ? 0 : earliest;
  return {
    files: files.map((file) => ({ ...file, first: Number.isNaN(file.first) ? fallback : file.first })),
    lines,
    earliest: none ? Number.NaN : earliest,
    latest: none ? Number.NaN : latest,
  };
}
