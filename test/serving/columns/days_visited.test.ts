/** A page in the order of time is made of the days that it shows, however many there are. */
import { goldFunnelHourlyPriceBand } from '../../../schema/tables';
import { ColumnStore } from '../../../serving/columns/column_store';
import { RowFilters } from '../../../serving/columns/row_filters';
import { columnsOf, counted, type Selection, sumOf } from '../../../serving/questions/selection';
import { blockOf } from './column_blocks';

const HOUR = 3_600_000;
const NAMES = ['window_start', 'window_date', 'price_band', 'views'] as const;
const BANDS = ['a', 'b', 'c'];
const DAYS = 30;

const store = new ColumnStore([{ table: goldFunnelHourlyPriceBand, columns: NAMES, key: 'kept' }]);
const rows = Array.from({ length: DAYS * 24 * BANDS.length }, (_, i) => {
  const window_start = Math.floor(i / BANDS.length) * HOUR;
  const window_date = new Date(window_start).toISOString().slice(0, 10);
  return { window_start, window_date, price_band: BANDS[i % BANDS.length], views: i };
});
store.load(goldFunnelHourlyPriceBand, blockOf(goldFunnelHourlyPriceBand, rows, NAMES));

const visited = jest.spyOn(RowFilters.prototype, 'select');
beforeEach(() => visited.mockClear());

const LISTED = {
  table: goldFunnelHourlyPriceBand,
  fields: columnsOf(goldFunnelHourlyPriceBand, NAMES),
  where: [],
  order: [
    { field: 'window_start', type: 'timestamp', descending: true },
    { field: 'price_band', type: 'text' },
  ],
  most: 10,
} satisfies Selection;

test('of rows, in either direction and behind any', () => {
  expect(store.select(LISTED)[0].window_start).toBe((DAYS * 24 - 1) * HOUR);
  expect(visited).toHaveBeenCalledTimes(1);
  const [first] = store.select({ ...LISTED, after: [12 * 24 * HOUR + 10 * HOUR, 'c'] });
  expect(first).toMatchObject({ window_start: 12 * 24 * HOUR + 9 * HOUR, price_band: 'a' });
  expect(visited).toHaveBeenCalledTimes(2);
  const day = { column: 'window_date', from: '1970-01-05', until: '1970-01-06' };
  expect(store.select({ ...LISTED, where: [day], most: 1000 })).toHaveLength(2 * 24 * BANDS.length);
  expect(visited).toHaveBeenCalledTimes(4);
});

test('of all days where their rows are counted', () => {
  const fields = { ...LISTED.fields, total: counted('total', 'Rows') };
  expect(store.select({ ...LISTED, fields })[0].total).toBe(rows.length);
  expect(visited).toHaveBeenCalledTimes(DAYS);
});

test('of groups that are whole when a day is done', () => {
  const { window_start } = LISTED.fields;
  const hours = {
    ...{ table: goldFunnelHourlyPriceBand, where: [], by: ['window_start'], most: 24 },
    fields: { window_start, views: sumOf('views', 'int64', 'Views') },
    order: [{ field: 'window_start', type: 'timestamp' }],
  } satisfies Selection;
  expect(store.select(hours)[1]).toEqual({ window_start: HOUR, views: 3 + 4 + 5 });
  expect(visited).toHaveBeenCalledTimes(1);
  expect(store.select({ ...hours, after: [25 * HOUR] })[0].window_start).toBe(26 * HOUR);
  // The second day, of which two hours are in front of the page, and the third.
  expect(visited).toHaveBeenCalledTimes(3);
});
