/** Rows of three tables as a run stages them. */

export type Values = Record<string, unknown>;

export const day = (date: string, brand: string, revenue: bigint): Values => ({
  ...{ date, brand, views: 10, carts: 4, removals: 0, purchases: 3, revenue },
  ...{
    view_to_cart_rate: 0.4,
    cart_to_purchase_rate: 0.75,
    conversion_rate: 0.1 + 0.2,
    pane: 'on_time',
    revision: 9,
  },
  ...{ computed_at: Date.UTC(2026, 0, 1, 0, 0, 0, 7) },
});
export const letter = (position: string, payload: string): Values => ({
  ...{
    rejected_at: -1,
    stage: 'parse',
    reason: 'malformed_row',
    message: 'm',
    source: 'a.csv',
    position,
    line: null,
  },
  ...{ payload, payload_encoding: 'utf8', event_time: null, event_date: null, columns: '["a","b\\n"]' },
});
export const books = (read: number): Values => ({
  ...{
    bucket: 'unknown',
    window_start: null,
    read,
    counted: read - 3,
    duplicates: 2,
    rejected: 1,
    late_dropped: 0,
  },
  ...{ late_source: 'runner', redriven: 0, unaccounted: 0, commit: 0 },
});
