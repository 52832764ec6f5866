/** Whatever the data says stays text: the laws of escaping, and whole pages with hostile names in every place that takes one. */
import * as fc from 'fast-check';
import { gatherReport } from '../../../serving/report/gather';
import { html } from '../../../serving/report/html';
import { reportPage } from '../../../serving/report/page';
import { wholeText } from '../../../serving/whole_text';
import { computeReference } from '../../reference/reference';
import { storeOf } from '../reference_store';
import { activeParts, attribute, documentOf, textOf } from './html_document';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</title></style><img src=x onerror=alert(1)>',
  '" onload="alert(1)" x="',
  "' style='background:url(http://x)",
  '</text></svg><iframe src=//x>',
  '<!--',
  ']]>',
  '&lt;b&gt; &amp;amp; &#60;',
  '" class="zr0-cls-0" id="zr0-c0',
  '{a|x} {b} {value}',
  '__proto__',
  'constructor',
];
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.constantFrom(...'<>&"\'/= \n\u0000\ud800{|}')), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);

test('a text is read back as it was, in content and in an attribute', () => {
  fc.assert(
    fc.property(text, (value) => {
      const { elements } = documentOf(html`<p title="${value}">${value}</p>`.markup);
      const [p, ...more] = elements.slice(3);
      expect(more).toEqual([]);
      expect(attribute(p, 'title')).toBe(wholeText(value));
      expect(textOf(p)).toBe(wholeText(value));
    }),
    { numRuns: 1000 },
  );
});

test('what HTML can’t hold is replaced, and nothing else', () => {
  expect(wholeText('a\u0000b\rc\ud800d\u0085')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd');
  expect(wholeText('é 𝄞\t\n\u00a0<')).toBe('é 𝄞\t\n\u00a0<');
});

/** A page about a shop in which everything that has a name is called `name`. */
async function pageAbout(name: string): Promise<string> {
  const lines = ['event_time,event_type,product_id,category_code,brand,price,user_id'];
  for (let hour = 0; hour < 24; hour++)
    for (let i = 0; i < 12; i++)
      lines.push(
        `2026-01-0${1 + (hour % 2)} ${String(hour).padStart(2, '0')}:00:00 UTC,${i < 8 || hour === 5 ? 'view' : 'purchase'},${i},c,b,5,u${i}`,
      );
  lines.push('2026-01-01 00:00:00 UTC,nothing,1,c,b,5,u');
  const bytes = Buffer.from(lines.join('\n'));
  const tables = computeReference([{ source: 'x.csv', bytes, format: 'csv' }], {
    ...{ minFlagViews: 5, minBaselineViews: 5 },
  });
  const named = (rows: readonly object[], column: string): Record<string, unknown>[] =>
    rows.map((row) => ({ ...row, [column]: name }));
  const store = await storeOf({
    gold_funnel_hourly_brand: named(tables.gold_funnel_hourly_brand, 'brand'),
    gold_funnel_daily_brand: named(tables.gold_funnel_daily_brand, 'brand'),
    gold_funnel_daily_category: named(tables.gold_funnel_daily_category, 'category_root'),
    gold_funnel_hourly_price_band: named(tables.gold_funnel_hourly_price_band, 'price_band'),
    gold_anomalies_hourly_brand: named(tables.gold_anomalies_hourly_brand, 'brand'),
    dead_letters: named(tables.dead_letters, 'reason'),
    pipeline_ledger: tables.pipeline_ledger.map((row) => ({ ...row })),
  });
  const data = await gatherReport(store, `duckdb:${name}`, { since: null, until: null });
  store.close();
  expect(data.evidence.length).toBeGreaterThan(0);
  expect(data.rejects).toHaveLength(1);
  const page = reportPage(data, Date.UTC(2026, 0, 3));
  // No name may become a key of every object.
  const keys: string[] = [];
  for (const key in {}) keys.push(key);
  expect(keys).toEqual([]);
  return page;
}

test.each(HOSTILE)('a brand, category, band, reason and file called %j are names', async (name) => {
  const page = documentOf(await pageAbout(name));
  expect(page.errors).toEqual([]);
  expect(activeParts(page)).toEqual([]);
  const cells = page.elements.filter(({ tagName }) => tagName === 'th').map(textOf);
  expect(cells.filter((cell) => cell === name).length).toBeGreaterThanOrEqual(5);
  const drawn = page.elements.filter(({ tagName }) => tagName === 'text').map(textOf);
  expect(drawn.some((label) => label.includes(name.slice(0, 4)))).toBe(true);
});

test('a page can’t be broken by any name', async () => {
  await fc.assert(
    fc.asyncProperty(
      text.map((name) => `b${name}`),
      async (name) => {
        const page = documentOf(await pageAbout(name));
        expect(activeParts(page)).toEqual([]);
        expect(page.elements.filter(({ tagName }) => tagName === 'section')).toHaveLength(10);
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);

test('the same data is the same page', async () => {
  expect(await pageAbout('b')).toBe(await pageAbout('b'));
});

test('the check finds what it is for', () => {
  const bad =
    '<img src=x><a href="http://x">x</a><p onclick="x">y</p><p style="background:url(x)">z</p><script></script>';
  expect(activeParts(documentOf(`<!doctype html>${bad}`))).toHaveLength(6);
});
