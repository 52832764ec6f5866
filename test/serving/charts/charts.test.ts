/** Charts are data: of one palette, without names of the data as keys, and free of what a browser lacks. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as fc from 'fast-check';
import { anomalyDaysChart } from '../../../serving/charts/anomaly_days';
import { brandDaysChart, CONVERSION_BY_DAY, REVENUE_BY_DAY } from '../../../serving/charts/brand_days';
import { brandHoursChart, expectedConversion } from '../../../serving/charts/brand_hours';
import { type Drawing, MOST_LINES, type Palette } from '../../../serving/charts/drawing';
import { byPrice, drawable, legendOf } from '../../../serving/charts/names';
import { revenueConversionChart } from '../../../serving/charts/revenue_conversion';

const PALETTE: Palette = {
  ...{ ground: '#000001', ink: '#000002', faint: '#000003', grid: '#000004', drop: '#000005' },
  ...{ spike: '#000006', lines: ['#100001', '#100002', '#100003', '#100004', '#100005'], font: 'mono' },
};
const PERIOD = { since: '2026-01-01', until: '2026-01-03' };
const FUNNEL = { views: 200, carts: 20, removals: 1, purchases: 5, revenue: 123_4567n };
const HOUR = Date.UTC(2026, 0, 2, 5);
const ANOMALY = {
  ...{ window_start: HOUR, anomaly_type: 'drop', views: 200, purchases: 5, conversion_rate: 0.025 },
  expected_purchases: 20,
};

function brandDays(brands: readonly string[]) {
  return brands.map((brand) => ({ brand, date: '2026-01-02', ...FUNNEL }));
}

function allOf(brands: readonly string[]): Drawing[] {
  const keyed = brands.map((key) => ({ key, ...FUNNEL }));
  const hours = [{ window_start: HOUR, ...FUNNEL }];
  return [
    anomalyDaysChart(PERIOD, [{ date: '2026-01-02', drops: 2, spikes: 1, retracted: 3 }], PALETTE),
    brandDaysChart(REVENUE_BY_DAY, PERIOD, brands, brandDays(brands), PALETTE),
    brandDaysChart(CONVERSION_BY_DAY, PERIOD, brands, brandDays(brands), PALETTE),
    revenueConversionChart('categories', keyed, PALETTE),
    brandHoursChart(
      {
        ...{ title: `Conversion of ${brands[0]}`, hours, anomalies: [ANOMALY], height: 200 },
        ...{ from: HOUR, to: HOUR, expected: expectedConversion(ANOMALY) },
      },
      PALETTE,
    ),
  ];
}

/** Every text of an option, keys among them; what formatters make of the texts beside them, too. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { data, formatter } = value as { data?: unknown; formatter?: unknown };
  const made =
    typeof formatter === 'function' && Array.isArray(data)
      ? data.map((each) => String((formatter as (text: unknown) => string)(each)))
      : [];
  return [...made, ...Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)])];
}

test('times are UTC, whoever looks', () => {
  for (const { option } of allOf(['a'])) expect(option.useUTC).toBe(true);
});

test('colours and font are the palette’s', () => {
  for (const { option } of allOf(['a', 'b'])) {
    const texts = textsOf(option);
    const colours = texts.filter((text) => /^#|^var\(|^rgb/.test(text));
    expect(colours.length).toBeGreaterThan(3);
    expect(colours.filter((colour) => !JSON.stringify(PALETTE).includes(colour))).toEqual([]);
    expect(texts.filter((_, i) => texts[i - 1] === 'fontFamily')).not.toContain('inherit');
  }
});

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', '__proto__\n', '<b>', '\ud800', 'x'.repeat(10_000)),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

test('no name of the data is drawn as it is, nor is a key', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 7 }), (names) => {
      for (const { option, numbers } of allOf(names)) {
        const texts = textsOf(option);
        // What Object has as properties of its own may be no text of a chart.
        expect(texts.filter((text) => text in Object.prototype)).toEqual([]);
        expect(texts.filter((text) => /[\p{Surrogate}\n]/u.test(text))).toEqual([]);
        expect(Math.max(...texts.map((text) => [...text].length))).toBeLessThanOrEqual(30);
        const { titles, rows, places } = numbers();
        for (const row of rows) expect(row).toHaveLength(titles.length);
        if (places !== undefined) expect(places).toHaveLength(rows.length);
      }
    }),
  );
});

test('a drawable text is short, of one line, and drawable again as it is', () => {
  fc.assert(
    fc.property(name, (text) => {
      const drawn = drawable(text);
      expect([...drawn].length).toBeLessThanOrEqual(19);
      expect(drawn in {}).toBe(false);
      expect(drawable(drawn).replace('\u2060', '')).toBe(drawn.replace('\u2060', ''));
    }),
  );
  expect(drawable('constructor')).toBe('constructor\u2060');
  expect(legendOf(['a b', '__proto__'], PALETTE).formatter('1')).toBe('__proto__\u2060');
});

test('lines are as many as can be told apart, and only of brands that have days', () => {
  const brands = ['none', 'a', 'b', 'c', 'd', 'e', 'f'];
  const { option, numbers, label } = brandDaysChart(
    ...([REVENUE_BY_DAY, PERIOD, brands, brandDays(brands.slice(1)), PALETTE] as const),
  );
  expect(option.series).toHaveLength(MOST_LINES);
  expect(label).toContain('Revenue by day of a, b, c, d, e.');
  expect(numbers()).toEqual({
    titles: ['Day', 'a', 'b', 'c', 'd', 'e'],
    rows: [
      ['1 Jan', '0.00', '0.00', '0.00', '0.00', '0.00'],
      ['2 Jan', '123.46', '123.46', '123.46', '123.46', '123.46'],
      ['3 Jan', '0.00', '0.00', '0.00', '0.00', '0.00'],
    ],
    places: [1, 2, 3].map((day) => Date.UTC(2026, 0, day)),
  });
});

test('a chart of hours says its anomalies and has their numbers', () => {
  const { label, numbers } = allOf(['acme'])[4];
  expect(label).toBe('Conversion of acme: drop 2 Jan 2026, 05:00 to 06:00 UTC, 2.50%');
  expect(numbers().rows).toEqual([['2 Jan 2026, 05:00 to 06:00 UTC', '200', '5', '2.50%', 'drop']]);
  expect(numbers().places).toEqual([HOUR]);
  expect(expectedConversion(ANOMALY)).toBe(0.1);
  expect(expectedConversion({ expected_purchases: null, views: 3 })).toBeNull();
});

test('days without anomalies have a place on the axis and no numbers', () => {
  const { numbers } = allOf(['acme'])[0];
  expect(numbers()).toEqual({
    titles: ['Day', 'Drops', 'Spikes', 'Healed'],
    rows: [['2 Jan', '2', '1', '3']],
    places: [1],
  });
});

test('price bands are in the order of prices', () => {
  expect(['other', '60+', '10-30', '<10', '30-60'].sort(byPrice)).toEqual([
    ...['<10', '10-30', '30-60', '60+', 'other'],
  ]);
});

test('they run in a browser: no module of Node and no package is needed', async () => {
  const folder = join(__dirname, '../../../serving/charts');
  const { metafile, errors } = await build({
    ...{ entryPoints: readdirSync(folder).map((file) => join(folder, file)), outdir: 'out' },
    ...{ bundle: true, write: false, metafile: true, platform: 'browser', logLevel: 'silent' },
  });
  expect(errors).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((file) => !/^(serving|schema)\//.test(file))).toEqual([]);
});
