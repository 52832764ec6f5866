/** One line on the terminal that says how far a run is. */

import { findLocalFiles } from '../io/files/list_files';
import { isObjectPath } from '../io/gcs/object_path';
import type { RunProgress } from '../runners/local';
import { statusLine } from './status_line';
import { formatBytes, formatCount, formatSeconds } from './text';

export interface ProgressLine {
  update(progress: RunProgress): void;
  /** Shows `text` instead, if there is any. */
  say(text: () => string | null): void;
  /** Removes the line. */
  end(): void;
}

const SILENT: ProgressLine = { update: () => {}, say: () => {}, end: () => {} };

/** A progress line on standard error; silent where that is no terminal. The bytes to come are those of the input's files, so the time left is known until they are read. */
export function progressLine(inputs: readonly string[], wanted: boolean): ProgressLine {
  const line = wanted ? statusLine() : null;
  if (line === null) return SILENT;
  const total = totalBytes(inputs);
  return {
    update: (progress) => line.show(() => progressText(progress, total)),
    say: (text) => {
      const words = text();
      if (words !== null) line.show(() => words);
    },
    end: line.end,
  };
}

function progressText(progress: RunProgress, total: number | null): string {
  const { stage, bundlesDone, bundlesTotal, counters, seconds } = progress;
  const rows = counters.get('rows_read') ?? 0;
  const bytes = counters.get('bytes_read') ?? 0;
  const left =
    total !== null && bytes > 0 && bytes < total
      ? `, ${formatSeconds((seconds * (total - bytes)) / bytes)} left`
      : '';
  const ofTotal = total === null ? '' : ` of ${formatBytes(total)}`;
  const rate = formatCount(Math.round(rows / Math.max(seconds, 0.001)));
  return `${formatCount(rows)} rows, ${formatBytes(bytes)}${ofTotal}, ${rate} rows/s${left}  [${stage}${bundlesTotal === 0 ? '' : ` ${bundlesDone}/${bundlesTotal}`}]`;
}

/** Bytes of the input's files; null where some are compressed, whose text is longer, or in Cloud Storage, which would have to be listed once more. */
function totalBytes(inputs: readonly string[]): number | null {
  if (inputs.some(isObjectPath)) return null;
  try {
    const files = findLocalFiles(inputs);
    return files.some(({ gzip }) => gzip) ? null : files.reduce((sum, { size }) => sum + size, 0);
  } catch {
    return null; // the run itself will say what is wrong with the input
  }
}
