/** Rows as a table of text. */

const WIDEST = 44;
const GAP = '  ';

/** Columns side by side under their names, numbers to the right; long texts are cut. A null is a dash. */
export function textTable(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string[] {
  const cells = rows.map((row) => columns.map((column) => cellText(row[column])));
  const widths = columns.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i].length)));
  const toRight = columns.map(
    (_, i) => cells.length > 0 && cells.every((row) => /^(-?\d[\d,.]*|–)$/.test(row[i])),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => (toRight[i] ? text.padStart(widths[i]) : text.padEnd(widths[i])))
      .join(GAP)
      .trimEnd();
  return [line(columns), ...cells.map(line)];
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(4);
  const text = String(value).replace(/\s+/g, ' ');
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}
