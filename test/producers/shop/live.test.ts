import { LiveShop } from '../../../producers/shop';

const START = Date.parse('2026-03-05T22:59:30.700Z');

interface Row {
  readonly time: string;
  readonly type: string;
  readonly brand: string;
}

function open(changes: Partial<ConstructorParameters<typeof LiveShop>[0]> = {}): LiveShop {
  return new LiveShop({
    seed: 5,
    startMs: START,
    perSecond: 50,
    events: Number.POSITIVE_INFINITY,
    ...changes,
  });
}

/** Rows of the next seconds. */
function goOn(shop: LiveShop, seconds: number): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < seconds; i++) {
    for (const bytes of shop.nextSecond()) {
      const [time, type, , , , brand] = Buffer.from(bytes).toString().split(',');
      rows.push({ time, type, brand });
    }
  }
  return rows;
}

function purchasesOf(rows: readonly Row[], brand?: string): number {
  return rows.filter((row) => row.type === 'purchase' && (brand === undefined || row.brand === brand)).length;
}

function viewsOf(rows: readonly Row[], brand: string): number {
  return rows.filter((row) => row.type === 'view' && row.brand === brand).length;
}

test('it begins at its second, keeps its rate, and goes on over midnight', () => {
  const shop = open();
  expect(shop.time).toBe(Date.parse('2026-03-05T22:59:30Z'));
  const seconds = 2 * 3600;
  const rows = goOn(shop, seconds);
  expect(rows[0].time.startsWith('2026-03-05 22:59:3')).toBe(true);
  expect(rows.at(-1)?.time.startsWith('2026-03-06 00:59:')).toBe(true);
  expect(Math.abs(rows.length - 50 * seconds)).toBeLessThan(60);
  const times = rows.map(({ time }) => time);
  expect(times).toEqual(times.toSorted());
  const perMinute = new Map<string, number>();
  for (const time of times) perMinute.set(time.slice(0, 16), (perMinute.get(time.slice(0, 16)) ?? 0) + 1);
  for (const [minute, count] of [...perMinute].slice(1, -1)) {
    expect({ minute, even: Math.abs(count - 3000) < 300 }).toEqual({ minute, even: true });
  }
});

test('every row of a second has that second as its time', () => {
  const shop = open({ perSecond: 0.4 });
  for (let i = 0; i < 500; i++) {
    const second = new Date(shop.time).toISOString().slice(0, 19).replace('T', ' ');
    for (const { time } of goOn(shop, 1)) expect(time).toBe(`${second} UTC`);
  }
});

test('equal seeds are equal shops, and it closes after its events', () => {
  const few = { events: 1234, seed: 9 };
  const [one, other] = [open(few), open(few)];
  const rows = goOn(one, 100);
  expect(rows).toHaveLength(1234);
  expect(one.isClosed).toBe(true);
  expect(goOn(other, 100)).toEqual(rows);
  expect(goOn(open({ ...few, seed: 10 }), 100)).not.toEqual(rows);
});

test('incidents begin and end at the second of their command', () => {
  const shop = open({ perSecond: 200 });
  const [brand] = shop.brands;
  goOn(shop, 1800);
  const usual = goOn(shop, 3600);
  const rate = purchasesOf(usual, brand) / viewsOf(usual, brand);
  expect(rate).toBeGreaterThan(0.05);

  expect(shop.command('drop', brand)).toBe(0);
  const dropped = goOn(shop, 3600);
  expect(purchasesOf(dropped, brand)).toBe(0);
  expect(purchasesOf(dropped)).toBeGreaterThan(purchasesOf(usual) / 2);
  expect(viewsOf(dropped, brand)).toBeGreaterThan(viewsOf(usual, brand) * 0.9);

  expect(shop.command('spike', brand)).toBe(2.5);
  const spiked = goOn(shop, 3600);
  expect(purchasesOf(spiked, brand) / viewsOf(spiked, brand)).toBeGreaterThan(1.8 * rate);

  expect(shop.command('outage')).toBe(0);
  expect(purchasesOf(goOn(shop, 1800))).toBe(0);

  shop.command(null);
  goOn(shop, 1800);
  const again = goOn(shop, 3600);
  const healed = purchasesOf(again, brand) / viewsOf(again, brand);
  expect(healed).toBeGreaterThan(rate * 0.8);
  expect(healed).toBeLessThan(rate * 1.2);
});
