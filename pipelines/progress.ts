/** One line on the terminal that says how far a run is. */
import * as fs from 'node:fs';
import { findFiles } from '../io/files/list_files';
import type { RunProgress } from '../runners/local';
import { formatBytes, formatCount, formatSeconds } from './text';

export interface ProgressLine {
  update(progress: RunProgress): void;
  /** Removes the line. */
  end(): void;
}

const SILENT: ProgressLine = { update: () => {}, end: () => {} };

/** A progress line on standard error; silent where that is no terminal. The bytes to come are those of the input's files, so the time left is known until they are read. */
export function progressLine(inputs: readonly string[], wanted: boolean): ProgressLine {
  if (!wanted || !process.stderr.isTTY) return SILENT;
  const total = totalBytes(inputs);
  let shown = 0;
  return {
    update: ({ stage, bundlesDone, bundlesTotal, counters, seconds }) => {
      const now = Date.now();
      if (now - shown < 100) return;
      shown = now;
      const rows = counters.get('rows_read') ?? 0;
      const bytes = counters.get('bytes_read') ?? 0;
      const left =
        total !== null && bytes > 0 && bytes < total
          ? `, ${formatSeconds((seconds * (total - bytes)) / bytes)} left`
          : '';
      const ofTotal = total === null ? '' : ` of ${formatBytes(total)}`;
      const read = `${formatCount(rows)} rows, ${formatBytes(bytes)}${ofTotal}, ${formatCount(Math.round(rows / Math.max(seconds, 0.001)))} rows/s`;
      write(`${read}${left}  [${stage} ${bundlesDone}/${bundlesTotal}]`);
    },
    end: () => {
      if (shown > 0) process.stderr.write('\r\x1b[K');
      shown = 0;
    },
  };
}

function write(text: string): void {
  process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
}

/** Bytes of the input's files; null where some are compressed, whose text is longer. */
function totalBytes(inputs: readonly string[]): number | null {
  try {
    const files = findFiles(inputs);
    return files.some((file) => /\.gz$/i.test(file))
      ? null
      : files.reduce((sum, file) => sum + fs.statSync(file).size, 0);
  } catch {
    return null; // the run itself will say what is wrong with the input
  }
}
