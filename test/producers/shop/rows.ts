import { generateShop, type ShopOptions } from '../../../producers/shop';

/** A generated row, its columns as text. */
export interface ShopRow {
  time: string;
  type: string;
  product: string;
  category: string;
  code: string;
  brand: string;
  price: string;
  user: string;
  session: string;
}

/** The whole file as text. */
export function shopText(options: ShopOptions): string {
  return Buffer.concat([...generateShop(options).chunks]).toString('latin1');
}

/** The rows of a generated shop; fails on a line that has not nine columns. */
export function shopRows(options: ShopOptions): ShopRow[] {
  const lines = shopText(options).split('\n');
  expect(lines.shift()).toBe(
    'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session',
  );
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const columns = line.split(',');
    if (columns.length !== 9) throw new Error(`not nine columns: ${line}`);
    const [time, type, product, category, code, brand, price, user, session] = columns;
    return { time, type, product, category, code, brand, price, user, session };
  });
}

/** The dedup key of a row. */
export function keyOf(row: ShopRow): string {
  return `${row.time},${row.user},${row.session},${row.product},${row.type}`;
}

/** The rows in groups. */
export function groupRows(rows: ShopRow[], by: (row: ShopRow) => string): Map<string, ShopRow[]> {
  const groups = new Map<string, ShopRow[]>();
  for (const row of rows) {
    const key = by(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** The value below which this part of the sorted values lies. */
export function quantile(values: number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}
