/** Brands by revenue, with the place that each has among all. What names no brand is none. */
import { required } from '../../schema/column';
import { UNKNOWN } from '../../schema/events';
import type { Answer } from '../../schema/question';
import { goldFunnelDailyBrand, goldFunnelHourlyBrand } from '../../schema/tables';
import { FUNNEL_COLUMNS, FUNNEL_MEASURES, FUNNEL_SUMS } from './funnel';
import { behind, type OrderColumn, orderBy, type Position } from './paging';
import type { Store } from './store';
import { isOfDays, type TimeRange, withinDays, withinHours } from './time_range';

const RANK_COLUMNS = {
  key: required('text', 'Brand'),
  place: required('int64', 'Place by revenue among all brands, from 1'),
  total: required('int64', 'Brands that were asked for'),
  ...FUNNEL_COLUMNS,
};
export type BrandRank = Answer<typeof RANK_COLUMNS>;

export interface BrandChoice {
  readonly range: TimeRange;
  /** How the names begin; all where it is empty. */
  readonly prefix: string;
  /** The last row of the page before; null for the first. */
  readonly after: Position | null;
  readonly most: number;
}

export const BRAND_ORDER: readonly OrderColumn[] = [
  { expression: 'revenue', type: 'money', descending: true },
  { expression: 'brand', type: 'text' },
];

/** Where a brand stands in the order of {@link BRAND_ORDER}. */
export function brandPosition({ revenue, key }: BrandRank): Position {
  return [revenue, key];
}

/** The most revenue first, equals by name. Each row says how many brands there are in all. */
export function brandRanks(
  { ask, dialect }: Store,
  { range, prefix, after, most }: BrandChoice,
): Promise<BrandRank[]> {
  const days = isOfDays(range);
  const page = behind(dialect, BRAND_ORDER, after);
  const within = days ? withinDays(dialect, 'date', range) : withinHours(dialect, range);
  const table = dialect.table(days ? goldFunnelDailyBrand.name : goldFunnelHourlyBrand.name);
  const sums = `SELECT brand, ${FUNNEL_SUMS} FROM ${table} WHERE ${within.sql} AND brand <> '${UNKNOWN}' GROUP BY brand`;
  const ranks = `SELECT *, ROW_NUMBER() OVER (ORDER BY revenue DESC, brand) AS place FROM (${sums}) AS sums`;
  const begins = prefix === '' ? 'TRUE' : `STARTS_WITH(brand, ${dialect.parameter('prefix')})`;
  const found = `SELECT *, COUNT(*) OVER () AS total FROM (${ranks}) AS ranks WHERE ${begins}`;
  return ask({
    sql: `SELECT brand AS ${dialect.column('key')}, place, total, ${FUNNEL_MEASURES} FROM (${found}) AS found WHERE ${page.sql} ${orderBy(BRAND_ORDER)} LIMIT ${dialect.parameter('most')}`,
    parameters: {
      ...within.parameters,
      ...(prefix === '' ? {} : { prefix }),
      ...page.parameters,
      most,
    },
    columns: RANK_COLUMNS,
  });
}
