import { groupRows, keyOf, quantile, type ShopRow, shopRows } from './rows';

/** The ranges are those of the real shop's samples; two days at the real density. */
describe.each([1, 20_251_001])('a shop with seed %i is like the real one', (seed) => {
  let rows: ShopRow[];
  beforeAll(() => {
    rows = shopRows({ events: 300_000, days: 2, seed });
  });

  const share = (test: (row: ShopRow) => boolean) => rows.filter(test).length / rows.length;
  const within = (value: number, low: number, high: number) => {
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
  };

  test('event types', () => {
    within(
      share((row) => row.type === 'view'),
      0.42,
      0.48,
    );
    within(
      share((row) => row.type === 'cart'),
      0.27,
      0.29,
    );
    within(
      share((row) => row.type === 'remove_from_cart'),
      0.19,
      0.21,
    );
    within(
      share((row) => row.type === 'purchase'),
      0.06,
      0.08,
    );
    expect(new Set(rows.map((row) => row.type)).size).toBe(4);
  });

  test('what is missing', () => {
    within(
      share((row) => row.brand === ''),
      0.4,
      0.42,
    );
    within(
      share((row) => row.code === ''),
      0.975,
      0.984,
    );
    within(
      share((row) => row.session === ''),
      0.0001,
      0.0007,
    );
    within(
      share((row) => row.price === '0'),
      0.0007,
      0.005,
    );
    const negative = rows.filter((row) => row.price.startsWith('-'));
    within(negative.length, 0, 20);
    expect(negative.every((row) => row.type === 'purchase')).toBe(true);
  });

  test('heavy-tailed brands, one per product', () => {
    const branded = rows.filter((row) => row.brand !== '');
    const sizes = [...groupRows(branded, (row) => row.brand).values()].map((group) => group.length);
    sizes.sort((a, b) => b - a);
    const top = (count: number) =>
      sizes.slice(0, count).reduce((sum, size) => sum + size, 0) / branded.length;
    within(top(1), 0.14, 0.2);
    within(top(5), 0.4, 0.44);
    within(top(10), 0.53, 0.57);
    within(top(20), 0.68, 0.72);
    within(sizes.length, 180, 300);
    const products = [...groupRows(rows, (row) => row.product).values()];
    expect(products.filter((group) => group.some((row) => row.brand !== group[0].brand))).toEqual([]);
  });

  test('prices by type', () => {
    const prices = (type?: string) =>
      rows.filter((row) => !type || row.type === type).map((row) => Number(row.price));
    const all = prices();
    for (const [part, low, high] of [
      [0.01, 0.25, 0.4],
      [0.05, 0.45, 0.65],
      [0.25, 1.9, 2.3],
      [0.5, 3.7, 4.3],
      [0.75, 7, 8],
      [0.9, 14.5, 19],
      [0.95, 26, 34],
      [0.99, 80, 110],
    ]) {
      within(quantile(all, part), low, high);
    }
    within(quantile(prices('view'), 0.5), 4.9, 5.5);
    within(quantile(prices('cart'), 0.5), 2.7, 3.3);
    within(quantile(prices('purchase'), 0.5), 2.8, 3.6);
    within(quantile(prices('remove_from_cart'), 0.5), 2.8, 3.3);
    within(Math.max(...new Set(all)), 250, 340);
  });

  test('visits', () => {
    const visits = [
      ...groupRows(
        rows.filter((row) => row.session !== ''),
        (row) => row.session,
      ).values(),
    ];
    const sizes = visits.map((visit) => visit.length);
    within(rows.length / visits.length, 4, 5);
    within(sizes.filter((size) => size === 1).length / visits.length, 0.61, 0.69);
    within(quantile(sizes, 0.75), 2, 3);
    within(quantile(sizes, 0.9), 9, 12);
    within(quantile(sizes, 0.95), 17, 23);
    within(quantile(sizes, 0.99), 46, 58);
    within(Math.max(...sizes), 150, 400);
    const part = (test: (has: (type: string) => boolean) => boolean) =>
      visits.filter((visit) => test((type) => visit.some((row) => row.type === type))).length / visits.length;
    within(
      part((has) => has('view')),
      0.91,
      0.95,
    );
    within(
      part((has) => has('cart')),
      0.21,
      0.25,
    );
    within(
      part((has) => has('purchase')),
      0.03,
      0.045,
    );
    within(
      part((has) => has('cart') && !has('view')),
      0.035,
      0.06,
    );
    within(
      part((has) => has('purchase') && !has('cart')),
      0.005,
      0.012,
    );
    within(
      part((has) => has('remove_from_cart') && !has('cart')),
      0.02,
      0.035,
    );
    expect(part((has) => ['view', 'cart', 'remove_from_cart', 'purchase'].every(has))).toBeGreaterThan(0.01);
  });

  test('an order is many purchases in one session and second', () => {
    const purchases = rows.filter((row) => row.type === 'purchase');
    const orders = groupRows(purchases, (row) => `${row.session} ${row.time}`);
    within(purchases.length / orders.size, 9, 11);
    within(Math.max(...[...orders.values()].map((order) => order.length)), 40, 75);
    const sessions = [
      ...groupRows(
        rows.filter((row) => row.session !== ''),
        (row) => row.session,
      ).values(),
    ];
    expect(sessions.filter((group) => group.some((row) => row.user !== group[0].user))).toEqual([]);
  });

  test('duplicates are mostly removals and the same in every column', () => {
    const repeated = [...groupRows(rows, keyOf).values()].flatMap((group) =>
      group.slice(1).map((row) => [group[0], row]),
    );
    within(repeated.length / rows.length, 0.045, 0.059);
    within(repeated.filter(([row]) => row.type === 'remove_from_cart').length / repeated.length, 0.87, 0.95);
    const columns = ([first, again]: ShopRow[]) =>
      Object.keys(first).filter((key) => first[key as keyof ShopRow] !== again[key as keyof ShopRow]);
    expect(repeated.flatMap(columns)).toEqual([]);
  });

  test('the day has its curve and seconds have ties', () => {
    const hours = groupRows(rows, (row) => row.time.slice(11, 13));
    const size = (hour: string) => hours.get(hour)!.length / rows.length;
    within(size('01'), 0.008, 0.012);
    within(size('18'), 0.062, 0.074);
    within(rows.filter((row, i) => i > 0 && row.time === rows[i - 1].time).length / rows.length, 0.4, 0.7);
  });
});

test('over weeks: days differ, a few prices change, ids come back', () => {
  const rows = shopRows({ events: 200_000, days: 61, seed: 3 });
  const days = [...groupRows(rows, (row) => row.time.slice(0, 10)).values()].map((day) => day.length);
  expect(days).toHaveLength(61);
  const mean = rows.length / days.length;
  expect(Math.max(...days)).toBeGreaterThan(1.25 * mean);
  expect(Math.min(...days)).toBeLessThan(0.85 * mean);

  const products = [...groupRows(rows, (row) => row.product).values()];
  const changed = products.filter((product) => new Set(product.map((row) => row.price)).size > 1);
  expect(changed.length / products.length).toBeGreaterThan(0.005);
  expect(changed.length / products.length).toBeLessThan(0.04);

  const sessions = [
    ...groupRows(
      rows.filter((row) => row.session !== ''),
      (row) => row.session,
    ).values(),
  ];
  const weeks = (group: ShopRow[]) =>
    Date.parse(group.at(-1)!.time) - Date.parse(group[0].time) > 14 * 86_400_000;
  const back = sessions.filter(weeks).length / sessions.length;
  expect(back).toBeGreaterThan(0.001);
  expect(back).toBeLessThan(0.01);
});
