/** An inspection for people. */
import type { Inspection } from '../io/duckdb/inspect_output';
import { runs, TABLES } from '../schema/tables';
import { formatCount, formatSeconds } from './text';
import { textTable } from './text_table';

/** Of wide tables, the columns that tell most. */
const MEASURES = [
  'views',
  'carts',
  'purchases',
  'revenue',
  'conversion_rate',
  'pane',
  'revision',
  'computed_at',
];
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  gold_anomalies_hourly_brand: [
    ...['window_start', 'brand', 'status', 'anomaly_type', 'z_brand', 'views', 'purchases'],
    ...['expected_purchases', 'revenue_at_risk', 'pane', 'computed_at'],
  ],
  dead_letters: ['rejected_at', 'reason', 'message', 'source', 'position', 'payload'],
  runs: ['run_id', 'mode', 'status', 'watermark', 'started_at', 'finished_at', 'input'],
};
/** What a stream that has seen nothing yet has for a watermark. */
const YEAR_1_ENDS = Date.parse('0002-01-01T00:00:00Z');

/** The lines of an inspection, as of `now`. */
export function inspectionLines(
  { run, tables, table, columns, rows }: Inspection,
  file: string,
  now: number,
): string[] {
  const width = Math.max(...Object.keys(tables).map((name) => name.length));
  return [
    `${file}: ${run.mode} run, ${stateOf(run)}`,
    `Watermark: ${watermarkText(run.watermark, now)}`,
    '',
    ...Object.entries(tables).map(
      ([name, count]) => `  ${name.padEnd(width)} ${formatCount(count).padStart(12)} rows`,
    ),
    '',
    rows.length === 0 ? `${table} is empty` : `Newest of ${table}`,
    ...(rows.length === 0 ? [] : textTable(shownColumns(table, columns), rows)),
  ];
}

function stateOf({ status, started_at, finished_at }: Inspection['run']): string {
  const since = `begun ${isoSecond(started_at)}`;
  return finished_at === null
    ? `${status}, ${since}`
    : `${status}, ${since}, ended ${isoSecond(finished_at)}`;
}

function watermarkText(watermark: number | null, now: number): string {
  if (watermark === null) return 'complete, all of the input is in the tables';
  if (watermark < YEAR_1_ENDS) return 'none yet, nothing has come';
  const behind = (now - watermark) / 1000;
  return `${isoSecond(watermark)}, ${behind < 0 ? `${formatSeconds(-behind)} ahead of` : `${spanText(behind)} behind`} the clock`;
}

/** A time as people say it, however long. */
function spanText(seconds: number): string {
  if (seconds < 7200) return formatSeconds(seconds);
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${formatCount(Math.round(seconds / 86_400))} days`;
}

function shownColumns(table: string, columns: readonly string[]): readonly string[] {
  const declared = [...TABLES, runs].find(({ name }) => table === name || table === `${name}_closed`);
  const shown = SHOWN[declared?.name ?? ''];
  if (shown !== undefined) return shown;
  return columns.includes('views') ? [...(declared?.key ?? []), ...MEASURES] : columns;
}

function isoSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
