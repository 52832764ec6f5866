/** One line of a terminal that is written again and again. */
export interface StatusLine {
  /** Shows what `text` returns, at most ten times a second. */
  show(text: () => string): void;
  /** Removes the line. */
  end(): void;
}

const INTERVAL_MS = 100;
const ASSUMED_COLUMNS = 80;

/** A status line on standard error; null where that is no terminal. */
export function statusLine(): StatusLine | null {
  if (!process.stderr.isTTY) return null;
  let shown = 0;
  return {
    show: (text) => {
      const now = Date.now();
      if (now - shown < INTERVAL_MS) return;
      shown = now;
      process.stderr.write(`\r\x1b[K${text().slice(0, (process.stderr.columns || ASSUMED_COLUMNS) - 1)}`);
    },
    end: () => {
      if (shown > 0) process.stderr.write('\r\x1b[K');
      shown = 0;
    },
  };
}
