/**
 * The lines of all files in order of event time. Files in order are read as they are, several at once where their times overlap; the lines of the others are sorted on disk first. A record without a usable time
 * stays behind the one before it in its file. Of equal times, the earlier file's come first, and in a file the earlier line.
 */
import { FileCursor, type LineCursor, type PlacedLine, RunCursor } from './line_cursor';
import { SortedRuns, type SortOptions } from './sorted_runs';
import type { SurveyedFile } from './survey';

/** A cursor that is still to be opened, and where its first line stands. */
interface Waiting {
  readonly from: number;
  readonly order: number;
  open(): LineCursor;
}

export class OrderedLines {
  private runs: readonly string[] = [];
  private constructor(
    private readonly files: readonly SurveyedFile[],
    private readonly sorter: SortedRuns | null,
  ) {}

  /** Sorts what is to be sorted. Call {@link close} at the end. */
  static async prepare(
    files: readonly SurveyedFile[],
    signal: AbortSignal,
    sort: SortOptions = {},
  ): Promise<OrderedLines> {
    const sorter = files.some(({ sorted }) => !sorted) ? new SortedRuns(sort) : null;
    const lines = new OrderedLines(files, sorter);
    try {
      for (const [index, file] of files.entries()) {
        if (!file.sorted && sorter !== null) await sortFile(file, index, sorter, signal);
      }
      lines.runs = sorter?.finish() ?? [];
    } catch (error) {
      lines.close();
      throw error;
    }
    return lines;
  }

  /** All lines in order; each is valid until the next. May be asked for again. */
  async *read(): AsyncGenerator<PlacedLine> {
    const waiting = this.waiting().sort((a, b) => a.from - b.from || a.order - b.order);
    const open: OpenCursor[] = [];
    try {
      for (;;) {
        const least = leastOf(open);
        // A file is opened when its time has come, so that few are open at once.
        if (waiting.length > 0 && (least === undefined || waiting[0].from <= least.cursor.current!.place)) {
          const { open: start, order } = waiting.shift()!;
          const cursor = start();
          open.push({ cursor, order });
          await cursor.advance();
        } else {
          if (least === undefined) return;
          yield least.cursor.current!;
          const moved = least.cursor.advance();
          if (moved !== undefined) await moved;
        }
        for (const [index, { cursor }] of open.entries()) {
          if (cursor.current !== undefined) continue;
          cursor.close();
          open.splice(index, 1);
          break;
        }
      }
    } finally {
      for (const { cursor } of open) cursor.close();
    }
  }

  /** Removes what was sorted on disk. */
  close(): void {
    this.sorter?.remove();
  }

  private waiting(): Waiting[] {
    const files = this.files.flatMap((file, index) =>
      file.sorted ? [{ from: file.first, order: index, open: () => new FileCursor(file, index) }] : [],
    );
    const runs = this.runs.map((run, index) => ({
      from: Number.NEGATIVE_INFINITY,
      order: this.files.length + index,
      open: () => new RunCursor(run),
    }));
    return [...files, ...runs];
  }
}

async function sortFile(
  file: SurveyedFile,
  index: number,
  sorter: SortedRuns,
  signal: AbortSignal,
): Promise<void> {
  const cursor = new FileCursor(file, index);
  try {
    for (;;) {
      const moved = cursor.advance();
      if (moved !== undefined) {
        await moved;
        // A signal is only heard between two turns of the event loop.
        await new Promise(setImmediate);
        signal.throwIfAborted();
      }
      if (cursor.current === undefined) return;
      sorter.add(cursor.current);
    }
  } finally {
    cursor.close();
  }
}

interface OpenCursor {
  readonly cursor: LineCursor;
  readonly order: number;
}

function leastOf(open: readonly OpenCursor[]): OpenCursor | undefined {
  let least: OpenCursor | undefined;
  for (const each of open) if (least === undefined || compare(each, least) < 0) least = each;
  return least;
}

function compare(a: OpenCursor, b: OpenCursor): number {
  const [one, other] = [a.cursor.current!, b.cursor.current!];
  return one.place - other.place || one.file - other.file || a.order - b.order;
}
