/** The tables and columns that questions are about: what is worth being held in memory. */
import type { Table } from '../../schema/table';
import {
  deadLetters,
  goldAnomaliesHourlyBrand,
  goldFunnelDailyBrand,
  goldFunnelDailyCategory,
  goldFunnelHourlyBrand,
  goldFunnelHourlyPriceBand,
  pipelineLedger,
  runs,
} from '../../schema/tables';
import type { HeldTable } from './column_store';

/** Rows of all of them that are held at most, some 80 bytes each: beyond, the store itself is asked. */
export const MOST_HELD_ROWS = 3_000_000;

const MEASURES = ['views', 'carts', 'removals', 'purchases', 'revenue'];
const HOUR = ['window_start', 'window_date'];

export const ASKED_TABLES: readonly HeldTable[] = [
  { table: goldFunnelHourlyBrand, columns: [...HOUR, 'brand', ...MEASURES, 'pane'], key: 'kept' },
  { table: goldFunnelDailyBrand, columns: ['date', 'brand', ...MEASURES], key: 'kept' },
  { table: goldFunnelDailyCategory, columns: ['date', 'category_root', ...MEASURES], key: 'kept' },
  { table: goldFunnelHourlyPriceBand, columns: [...HOUR, 'price_band', ...MEASURES, 'pane'], key: 'kept' },
  { table: goldAnomaliesHourlyBrand, columns: all(goldAnomaliesHourlyBrand), key: 'kept' },
  // Of what was rejected only the reasons are counted; a dead letter never changes.
  { table: deadLetters, columns: ['event_date', 'event_time', 'reason'], key: 'none' },
  { table: pipelineLedger, columns: all(pipelineLedger), key: 'kept' },
  { table: runs, columns: all(runs), key: 'kept' },
];

function all({ columns }: Table): string[] {
  return Object.keys(columns);
}
