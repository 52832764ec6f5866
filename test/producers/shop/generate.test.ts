import { createHash } from 'node:crypto';
import { CHUNK_BYTES, generateShop } from '../../../producers/shop';
import { type ShopRow, shopRows, shopText } from './rows';

const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');

describe('bytes', () => {
  test('are the same for a seed on every machine, now and later', () => {
    // A change of these two is a change of every generated file: say so in the changelog.
    expect(sha256(shopText({ events: 20_000, days: 3, seed: 42 }))).toBe(
      '7c4c10ca056bdef76a0d110643315c69b72bbb7fb486e1c3d0014d507a1f9ed9',
    );
    expect(
      sha256(shopText({ events: 400_000, days: 5, seed: 2 ** 40 + 7, start: '2024-02-27', incidents: 3 })),
    ).toBe('05beb9baffc70fb984483528d4cbe16bb0b01a086a7a699dfce18e95145350c4');
  });

  test('differ by seed, also beyond 32 bits', () => {
    const texts = [1, 2, 1 + 2 ** 32].map((seed) => shopText({ events: 1000, days: 1, seed }));
    expect(new Set(texts).size).toBe(3);
  });

  test('are whole lines in chunks of bounded size', () => {
    for (const chunk of generateShop({ events: 50_000, days: 1, seed: 5 }).chunks) {
      expect(chunk.length).toBeLessThanOrEqual(CHUNK_BYTES);
      expect(chunk.at(-1)).toBe(10);
    }
  });

  test('are the same through a buffer of the caller', () => {
    const options = { events: 30_000, days: 1, seed: 5 };
    const shop = generateShop(options);
    const buffer = new Uint8Array(100_000);
    let text = '';
    for (let length = shop.fill(buffer); length > 0; length = shop.fill(buffer)) {
      text += Buffer.from(buffer.subarray(0, length)).toString('latin1');
    }
    expect(shop.rows()).toBe(options.events);
    expect(sha256(text)).toBe(sha256(shopText(options)));
    expect(() => shop.fill(new Uint8Array(1000))).toThrow('a buffer of 1000 bytes is too small');
  });
});

describe('rows', () => {
  test.each([
    [1, 1],
    [7, 30],
    [12_345, 1],
    [100_000, 10],
  ])('are %i over %i days, in time order', (events, days) => {
    const rows = shopRows({ events, days, seed: 9, start: '2024-02-28' });
    expect(rows).toHaveLength(events);
    expect(rows.every((row, i) => i === 0 || rows[i - 1].time <= row.time)).toBe(true);
    const end = new Date(Date.UTC(2024, 1, 28 + days)).toISOString().slice(0, 10);
    expect(rows[0].time >= '2024-02-28 00:00:00 UTC').toBe(true);
    expect(rows[rows.length - 1].time < end).toBe(true);
  });

  test('have well-formed columns that need no quotes', () => {
    const rows = shopRows({ events: 50_000, days: 2, seed: 11 });
    const broken = (column: keyof ShopRow, form: RegExp) => rows.filter((row) => !form.test(row[column]));
    expect(broken('time', /^2025-10-0[12] \d\d:\d\d:\d\d UTC$/)).toEqual([]);
    expect(broken('product', /^\d{7}$/)).toEqual([]);
    expect(broken('category', /^\d{19}$/)).toEqual([]);
    expect(broken('code', /^([a-z]+(\.[a-z]+)+)?$/)).toEqual([]);
    expect(broken('brand', /^[a-z.-]*$/)).toEqual([]);
    expect(broken('price', /^-?\d+(\.\d?[1-9])?$/)).toEqual([]);
    expect(broken('user', /^\d{9}$/)).toEqual([]);
    expect(
      broken('session', /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})?$/),
    ).toEqual([]);
  });
});

describe('options', () => {
  const good = { events: 10, days: 1, seed: 1 };
  test.each([
    [{ ...good, events: 0 }, 'events is 0; it must be a whole number from 1 to 1000000000000'],
    [{ ...good, events: 1.5 }, 'events is 1.5'],
    [{ ...good, days: 4000 }, 'days is 4000; it must be a whole number from 1 to 3660'],
    [{ ...good, seed: -1 }, 'seed is -1'],
    [{ ...good, seed: Number.NaN }, 'seed is NaN'],
    [{ ...good, incidents: 2 }, 'incidents is 2; it must be a whole number from 0 to 1 (at most one a day)'],
    [{ ...good, start: '2025-13-01' }, 'start is "2025-13-01"; it must be a date YYYY-MM-DD'],
    [{ ...good, start: '2025-02-31' }, 'start is "2025-02-31"'],
    [{ ...good, start: 'today' }, 'start is "today"'],
    [{ ...good, incidents: 1 }, 'no room for 1 incidents'],
  ])('%j is refused', (options, message) => {
    expect(() => generateShop(options)).toThrow(message);
  });
});

test('what is kept does not grow with the number of events', () => {
  // Retained: the open shop. Both have written a million rows or more of their own length.
  const retained = (events: number) => {
    const shop = generateShop({ events, days: 1, seed: 1 });
    const buffer = new Uint8Array(CHUNK_BYTES);
    const before = process.memoryUsage();
    while (shop.fill(buffer) > 0);
    const after = process.memoryUsage();
    return Math.max(0, after.arrayBuffers - before.arrayBuffers);
  };
  expect(retained(50_000)).toBe(0);
  expect(retained(1_000_000)).toBe(0);
});
