import type { Inspection } from '../../io/duckdb/inspect_output';
import { inspectionLines } from '../../pipelines/inspection_text';
import { textTable } from '../../pipelines/text_table';

const NOW = Date.parse('2026-01-01T12:00:00Z');

function watermarkLine(watermark: number | null): string {
  const run: Inspection['run'] = {
    ...{ run_id: 'r', mode: 'streaming', status: 'running', state_id: 's', input: 'i' },
    ...{ started_at: NOW - 60_000, finished_at: null, watermark, allowed_lateness_ms: 0 },
  };
  const inspection = { run, tables: { a: 1234, long_name: 5 }, table: 'a', columns: ['x'], rows: [] };
  const [head, line, , ...rest] = inspectionLines(inspection, 'f.duckdb', NOW);
  expect(head).toBe('f.duckdb: streaming run, running, begun 2026-01-01T11:59:00Z');
  expect(rest).toEqual(['  a                1,234 rows', '  long_name            5 rows', '', 'a is empty']);
  return line;
}

test.each([
  [NOW - 83_000, 'Watermark: 2026-01-01T11:58:37Z, 1 min 23 s behind the clock'],
  [NOW - 5 * 3_600_000, 'Watermark: 2026-01-01T07:00:00Z, 5 h behind the clock'],
  [NOW - 2000 * 86_400_000, 'Watermark: 2020-07-11T12:00:00Z, 2,000 days behind the clock'],
  [NOW + 2500, 'Watermark: 2026-01-01T12:00:02Z, 2.5 s ahead of the clock'],
  [null, 'Watermark: complete, all of the input is in the tables'],
  [Date.parse('0001-01-01T00:00:00Z'), 'Watermark: none yet, nothing has come'],
])('a watermark of %p', (watermark, line) => expect(watermarkLine(watermark)).toBe(line));

test('a table is aligned, numbers to the right, and long texts are cut', () => {
  const rows = [
    { name: 'a', count: '5', rate: 0.25, note: 'x'.repeat(60) },
    { name: 'bcd', count: '1234', rate: null, note: 'two\nlines' },
  ];
  expect(textTable(['name', 'count', 'rate', 'note'], rows)).toEqual([
    `name  count    rate  note`,
    `a         5  0.2500  ${'x'.repeat(43)}…`,
    `bcd    1234       –  two lines`,
  ]);
});
