import type { RunSummary } from './summary';
import { formatBytes, formatCount, formatSeconds } from './text';

/** Prints a summary for people. `example`: a command that reads a table of the output. */
export function printSummary(summary: RunSummary, output: string, example: string): void {
  process.stdout.write(`${summaryLines(summary, output, example).join('\n')}\n`);
}

/** The lines of a summary. */
export function summaryLines(summary: RunSummary, output: string, example: string): string[] {
  const reasons = Object.entries(summary.rejected_by_reason).map(
    ([reason, count]) => `${reason} ${formatCount(count)}`,
  );
  const width = Math.max(...Object.keys(summary.tables).map((name) => name.length));
  const lines = [
    `Read ${formatCount(summary.read)} events (${formatBytes(summary.bytes)}) in ${formatSeconds(summary.seconds)}, ${summary.first_hour ?? '–'} to ${summary.last_hour ?? '–'}`,
    `  counted    ${formatCount(summary.counted).padStart(12)}`,
    `  duplicates ${formatCount(summary.duplicates).padStart(12)}`,
    `  rejected   ${formatCount(summary.rejected).padStart(12)}${reasons.length > 0 ? `  (${reasons.join(', ')})` : ''}`,
    '',
    'Tables',
    ...Object.entries(summary.tables).map(
      ([name, rows]) => `  ${name.padEnd(width)} ${formatCount(rows).padStart(12)} rows`,
    ),
    '',
    `Top brands by revenue (all: ${money(summary.revenue)})`,
    ...summary.top_brands.map(
      (row) =>
        `  ${row.brand.padEnd(20)} ${money(row.revenue).padStart(14)}  ${percent(row.conversion_rate).padStart(7)} of ${formatCount(row.views)} views bought`,
    ),
    '',
    summary.anomalies_open === 0
      ? 'No anomalies: no hour of a brand converted unlike the others'
      : `${formatCount(summary.anomalies_open)} anomalies, the strongest`,
    ...summary.anomalies.map(
      (row) =>
        `  ${row.window_start}  ${row.brand.padEnd(20)} ${row.type.padEnd(5)} z ${row.z.toFixed(1).padStart(6)}  ${row.purchases} purchases where ${row.expected_purchases?.toFixed(1) ?? '–'} were expected`,
    ),
    '',
  ];
  if (summary.currencies.length > 1)
    lines.push(
      `Prices came in several currencies (${summary.currencies.join(', ')}) and were added up as they are: choose one with --currency`,
      '',
    );
  return [...lines, `The tables are in ${output}. Try`, `  ${example}`];
}

function money(text: string): string {
  const [whole, fraction] = text.split('.');
  return `${Number(whole).toLocaleString('en-US')}.${(fraction ?? '').slice(0, 2).padEnd(2, '0')}`;
}

function percent(rate: number | null): string {
  return rate === null ? '–' : `${(rate * 100).toFixed(1)}%`;
}
