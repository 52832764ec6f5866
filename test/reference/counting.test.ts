/** Duplicates, revision, gold rows, ledger and dead letters: sections 2, 3 and 5, case by case. */
import { csvOf, ndjsonOf, tablesOf } from './event_lines';

const AT_10 = '2019-10-01 10:20:30 UTC';
const AT_11 = '2019-10-01 11:00:00 UTC';

describe('of the records of one key', () => {
  const winner = (...rows: Parameters<typeof csvOf>) => {
    const forth = tablesOf(csvOf(...rows)).silver_events;
    const back = tablesOf(csvOf(...rows.toReversed())).silver_events;
    expect(back).toEqual(forth);
    expect(forth).toHaveLength(1);
    return forth[0];
  };
  test('the cheapest counts, by number and not by text', () => {
    expect(winner({ price: '10', brand: 'a' }, { price: '9', brand: 'b' })).toMatchObject({
      price: 90_000n,
      brand: 'b',
    });
  });
  test('then the least brand, a missing one first', () => {
    expect(winner({ brand: 'b', category_code: 'a' }, { brand: 'a', category_code: 'b' })).toMatchObject({
      brand: 'a',
    });
    expect(winner({ brand: 'a' }, { brand: '' })).toMatchObject({ brand: null });
  });
  test('by UTF-8 bytes, not UTF-16 units', () => {
    expect(winner({ brand: 'ｚ' }, { brand: '😀' })).toMatchObject({ brand: 'ｚ' });
  });
  test('then the least category code', () => {
    expect(
      winner({ category_code: 'b.x', currency: 'A' }, { category_code: 'B.A', currency: 'B' }),
    ).toMatchObject({ category_code: 'B.A' });
  });
  test('then the other fields in their declared order', () => {
    expect(winner({ category_id: '2', currency: 'A' }, { category_id: '1', currency: 'B' })).toMatchObject({
      category_id: '1',
    });
    expect(winner({ currency: 'B', page: 'a' }, { currency: 'A', page: 'b' })).toMatchObject({
      currency: 'A',
    });
  });
  test('then the least spelling, which is no other content', () => {
    const rows = [{ brand: 'runail' }, { brand: 'RUNAIL' }];
    expect(winner(...rows)).toMatchObject({ brand: 'RUNAIL' });
    expect(tablesOf(csvOf(...rows)).gold_funnel_hourly_brand).toMatchObject([{ revision: 1 }]);
  });
  test('a missing price is last', () => {
    const click = { event_ts: '2019-10-01T10:20:30Z', event_type: 'purchase', product_id: 'p', user_id: 'u' };
    const [row] = tablesOf(
      ndjsonOf({ ...click, brand: 'a' }, { ...click, brand: 'b', price: 99 }),
    ).silver_events;
    expect(row).toMatchObject({ brand: 'b', price: 990_000n });
  });
});

describe('the key', () => {
  test.each(['event_time', 'user_id', 'user_session', 'product_id', 'event_type'] as const)(
    'has %s',
    (field) => {
      const other = {
        event_time: '2019-10-01T10:20:30.001Z',
        user_id: 'u2',
        user_session: 's2',
        product_id: 'p2',
        event_type: 'cart',
      }[field];
      expect(tablesOf(csvOf({}, { [field]: other })).silver_events).toHaveLength(2);
    },
  );
  test('is taken after trimming, ids without .0, times as instants', () => {
    expect(
      tablesOf(
        csvOf(
          { user_id: '7' },
          { user_id: ' 7.0', event_time: '2019-10-01T12:20:30+02:00', event_type: 'VIEW' },
        ),
      ).silver_events,
    ).toHaveLength(1);
  });
  test('in the clickstream dialect is event_id and time, where there is an id', () => {
    const click = {
      event_ts: '2019-10-01T10:20:30Z',
      event_type: 'page_view',
      product_id: 'p1',
      user_id: 'u1',
      session_id: 's1',
    };
    const other = { ...click, event_type: 'purchase', product_id: 'p2', user_id: 'u2' };
    const rows = (...lines: object[]) => tablesOf(ndjsonOf(...lines)).silver_events.length;
    expect(rows({ ...click, event_id: 'e' }, { ...other, event_id: 'e' })).toBe(1);
    expect(rows({ ...click, event_id: 'e' }, { ...click, event_id: 'f' })).toBe(2);
    expect(rows({ ...click, event_id: 'e' }, click)).toBe(2);
    expect(
      rows({ ...click, event_id: 'e' }, { ...click, event_id: 'e', event_ts: '2019-10-01T10:20:31Z' }),
    ).toBe(2);
  });
  test('in the cosmetics dialect has no event_id', () => {
    expect(tablesOf(csvOf({ event_id: 'e' }, { event_id: 'f' })).silver_events).toMatchObject([
      { event_id: 'e' },
    ]);
  });
});

describe('gold rows', () => {
  test('measures, rates and provenance of an hour', () => {
    const types = ['view', 'view', 'view', 'cart', 'cart', 'remove_from_cart', 'purchase'];
    const rows = types.map((event_type, index) => ({ event_type, product_id: `p${index}`, price: '0.3333' }));
    const [row] = tablesOf(csvOf(...rows, { event_type: 'purchase', price: '0.1' }), {
      now: 5,
    }).gold_funnel_hourly_brand;
    const start = Date.UTC(2019, 9, 1, 10);
    expect(row).toEqual({
      window_start: start,
      window_end: start + 3_600_000,
      window_date: '2019-10-01',
      brand: 'runail',
      views: 3,
      carts: 2,
      removals: 1,
      purchases: 2,
      revenue: 4_333n,
      view_to_cart_rate: 2 / 3,
      cart_to_purchase_rate: 1,
      conversion_rate: 2 / 3,
      pane: 'on_time',
      revision: 8,
      computed_at: 5,
    });
  });
  test('a rate without a denominator is null, one above 1 stays', () => {
    const [row] = tablesOf(
      csvOf({ event_type: 'cart' }, { event_type: 'purchase' }, { event_type: 'purchase', product_id: 'p2' }),
    ).gold_funnel_daily_brand;
    expect(row).toMatchObject({ view_to_cart_rate: null, conversion_rate: null, cart_to_purchase_rate: 2 });
  });
  test('what is missing is the row unknown', () => {
    const tables = tablesOf(csvOf({ brand: '' }));
    expect(tables.gold_funnel_hourly_brand).toMatchObject([{ brand: 'unknown' }]);
    expect(tables.gold_funnel_daily_category).toMatchObject([{ category_root: 'unknown' }]);
  });
  test('the revision counts distinct records of the whole hour or day, losers too, copies not', () => {
    const tables = tablesOf(
      csvOf({}, {}, { price: '6' }, { product_id: 'p2', brand: 'other' }, { event_time: AT_11, price: '20' }),
    );
    expect(tables.gold_funnel_hourly_brand.map((row) => [row.brand, row.revision])).toEqual([
      ['runail', 3],
      ['other', 3],
      ['runail', 1],
    ]);
    expect(tables.gold_funnel_daily_brand.map((row) => row.revision)).toEqual([4, 4]);
    expect(tables.gold_funnel_daily_category.map((row) => row.revision)).toEqual([4]);
    expect(tables.gold_funnel_hourly_price_band.map((row) => [row.price_band, row.revision])).toEqual([
      ['<10', 3],
      ['10-30', 1],
    ]);
  });
  test('a cell that only losers touch is not there', () => {
    const tables = tablesOf(
      csvOf({ brand: 'dear', price: '70', category_code: 'x.y' }, { brand: 'cheap', price: '1' }),
    );
    expect(tables.gold_funnel_hourly_brand.map((row) => [row.brand, row.revision])).toEqual([['cheap', 2]]);
    expect(tables.gold_funnel_hourly_price_band.map((row) => row.price_band)).toEqual(['<10']);
    expect(tables.gold_funnel_daily_category.map((row) => row.category_root)).toEqual(['unknown']);
  });
  test('hours before 1970 begin before their events', () => {
    const [row] = tablesOf(csvOf({ event_time: '1969-12-31T23:59:59.999Z' })).gold_funnel_hourly_brand;
    expect(row).toMatchObject({ window_start: -3_600_000, window_end: 0, window_date: '1969-12-31' });
  });
});

describe('ledger and dead letters', () => {
  test('every record is in the bucket of its hour, rejected ones too, else in unknown', () => {
    const { pipeline_ledger } = tablesOf(
      csvOf({}, {}, { price: '0' }, { event_time: 'x' }, { event_time: AT_11 }),
    );
    const rest = { late_dropped: 0, late_source: 'runner', redriven: 0, unaccounted: 0, commit: 0 };
    expect(pipeline_ledger).toEqual([
      {
        bucket: '2019-10-01T10:00:00Z',
        window_start: Date.UTC(2019, 9, 1, 10),
        read: 3,
        counted: 1,
        duplicates: 1,
        rejected: 1,
        ...rest,
      },
      {
        bucket: '2019-10-01T11:00:00Z',
        window_start: Date.UTC(2019, 9, 1, 11),
        read: 1,
        counted: 1,
        duplicates: 0,
        rejected: 0,
        ...rest,
      },
      { bucket: 'unknown', window_start: null, read: 1, counted: 0, duplicates: 0, rejected: 1, ...rest },
    ]);
  });
  test('a dead letter says where the record stood and what it was', () => {
    const header = 'event_time,event_type,product_id,price,"user_id"';
    const row = ` ${AT_10},view,p,0,u `;
    const bytes = Buffer.from(`\ufeff${header}\r\n\r\n${row}\r\n`);
    const [letter] = tablesOf({ source: 'a.csv', bytes, format: 'csv' }, { now: 9 }).dead_letters;
    expect(letter).toEqual({
      rejected_at: 9,
      stage: 'parse',
      reason: 'nonpositive_price',
      message: expect.any(String),
      source: 'a.csv',
      position: String(3 + header.length + 4),
      line: 3,
      payload: row,
      payload_encoding: 'utf8',
      event_time: Date.UTC(2019, 9, 1, 10, 20, 30),
      event_date: '2019-10-01',
      columns: '["event_time","event_type","product_id","price","user_id"]',
    });
  });
  test('NDJSON has no columns', () => {
    expect(tablesOf(ndjsonOf('x')).dead_letters).toMatchObject([
      { line: 1, position: '0', columns: null, event_time: null, event_date: null },
    ]);
  });
});
