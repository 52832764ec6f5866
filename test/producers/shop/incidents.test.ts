import { generateShop, type Incident } from '../../../producers/shop';
import { groupRows, keyOf, type ShopRow, shopRows, shopText } from './rows';

/** Views and purchases of a brand (null: any) in an hour, duplicates aside. */
interface Hour {
  views: number;
  purchases: number;
}

/** A few ten thousand events a day: the least at which incidents are to be found. */
const OPTIONS = { events: 40_000 * 15, days: 15, seed: 8, incidents: 6 };

describe('incidents', () => {
  const { incidents } = generateShop(OPTIONS);
  let distinct: ShopRow[];
  beforeAll(() => {
    distinct = [...groupRows(shopRows(OPTIONS), keyOf).values()]
      .map(([row]) => row)
      .filter((row) => Number(row.price) > 0);
  });

  const hoursOf = (brand: string | null): Map<number, Hour> => {
    const hours = new Map<number, Hour>();
    for (const row of distinct) {
      if (brand !== null && row.brand !== brand) continue;
      const at = Date.parse(`${row.time.slice(0, 10)}T${row.time.slice(11, 13)}:00:00Z`);
      const hour = hours.get(at) ?? { views: 0, purchases: 0 };
      hours.set(at, hour);
      if (row.type === 'view') hour.views++;
      if (row.type === 'purchase') hour.purchases++;
    }
    return hours;
  };
  const during = (incident: Incident) => (at: number) =>
    at >= Date.parse(incident.start) && at < Date.parse(incident.end);

  test('are as many as asked for, of all kinds, in whole hours, one after the other', () => {
    expect(incidents).toHaveLength(6);
    expect(new Set(incidents.map((incident) => incident.kind)).size).toBe(3);
    let last = Date.UTC(2025, 9, 1);
    for (const incident of incidents) {
      const start = Date.parse(incident.start);
      const end = Date.parse(incident.end);
      expect(start).toBeGreaterThanOrEqual(last);
      expect(start % 3_600_000).toBe(0);
      expect((end - start) / 3_600_000).toBeGreaterThanOrEqual(2);
      expect((end - start) / 3_600_000).toBeLessThanOrEqual(5);
      expect(incident.brand === null).toBe(incident.kind === 'outage');
      expect(incident.factor > 1).toBe(incident.kind === 'spike');
      last = end;
    }
    expect(last).toBeLessThanOrEqual(Date.UTC(2025, 9, 16));
  });

  test('show in every hour of them: no purchases, or many more than before', () => {
    for (const incident of incidents) {
      const hours = [...hoursOf(incident.brand)];
      const inside = hours.filter(([at]) => during(incident)(at)).map(([, hour]) => hour);
      const outside = hours
        .filter(([at]) => !incidents.some((other) => during(other)(at)))
        .map(([, hour]) => hour);
      const rate = (some: Hour[]) =>
        some.reduce((sum, hour) => sum + hour.purchases, 0) / some.reduce((sum, hour) => sum + hour.views, 0);
      expect(inside.every((hour) => hour.views >= 40)).toBe(true);
      if (incident.factor === 0) expect(inside.every((hour) => hour.purchases === 0)).toBe(true);
      else {
        expect(rate(inside) / rate(outside)).toBeGreaterThan(incident.factor * 0.7);
        expect(rate(inside) / rate(outside)).toBeLessThan(incident.factor * 1.4);
      }
    }
  });

  test('are found by the z-score of hourly conversion with the spec’s limits', () => {
    for (const incident of incidents) {
      // An outage shows in the strongest brand at least; whoever looks knows it by its traffic.
      const brand = incident.brand ?? strongest();
      const hours = [...hoursOf(brand)];
      const rates = hours
        .filter(([, hour]) => hour.views >= 10)
        .map(([, hour]) => hour.purchases / hour.views);
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      const std = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (rates.length - 1));
      const found = hours
        .filter(([at, hour]) => during(incident)(at) && hour.views >= 50)
        .map(([, hour]) => (hour.purchases / hour.views - mean) / std)
        .filter((z) => (incident.kind === 'spike' ? z >= 2 : z <= -2));
      expect(found.length).toBeGreaterThan(0);
    }
  });

  test('leave the shop before the first as it is without any', () => {
    const first = incidents[0].start.slice(0, 19).replace('T', ' ');
    const upTo = (text: string) => text.slice(0, text.indexOf(`\n${first.slice(0, 13)}`));
    const untouched = upTo(shopText({ ...OPTIONS, incidents: 0 }));
    expect(untouched.length).toBeGreaterThan(1_000_000);
    expect(upTo(shopText(OPTIONS)) === untouched).toBe(true);
  });

  const strongest = () =>
    [
      ...groupRows(
        distinct.filter((row) => row.brand !== ''),
        (row) => row.brand,
      ),
    ].sort((a, b) => b[1].length - a[1].length)[0][0];
});
