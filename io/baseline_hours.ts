/** Hourly rows of brands, as a baseline takes them, whatever store they come from. */

/** One hour's brands. */
export interface BaselineHour {
  /** Start, milliseconds since 1970. */
  readonly hour: number;
  /** `revenue` in ten-thousandths, as decimal text. */
  readonly brands: { brand: string; views: number; purchases: number; revenue: string }[];
}

/** Rows of hour, brand, views, purchases and revenue → those of an hour together. */
export function byHour(rows: Iterable<readonly unknown[]>): BaselineHour[] {
  const hours = new Map<number, BaselineHour>();
  for (const [start, brand, views, purchases, revenue] of rows) {
    const hour = Number(start);
    const known = hours.get(hour) ?? { hour, brands: [] };
    known.brands.push({
      brand: String(brand),
      views: Number(views),
      purchases: Number(purchases),
      revenue: String(revenue),
    });
    hours.set(hour, known);
  }
  return [...hours.values()];
}
