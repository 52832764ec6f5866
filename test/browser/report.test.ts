/** The report's page in a real browser: the sample, two months of a made-up shop, and a shop whose brands mean harm. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { SAMPLE, start } from '../e2e/product';
import { seriousViolations } from './axe';
import { describeWithBrowser, type Visit, visit } from './chromium';

const DEMO_EVENTS = process.env.FUNNELPULSE_DEMO_EVENTS ?? '2000000';
/** A folder that the picture for the README is written to. */
const SCREENSHOTS = process.env.FUNNELPULSE_SCREENSHOTS;
const MOST_SCREENSHOT_BYTES = 200_000;

const SECTIONS = [
  ...['Headline', 'Funnel', 'Top brands by revenue', 'Daily trends of the top brands', 'Categories'],
  ...['Price bands', 'Anomalies', 'Evidence', 'Brands by the hour', 'Data quality'],
];
/** Without anomalies there is no evidence. */
const SECTIONS_OF_SAMPLE = SECTIONS.filter((name) => name !== 'Evidence');
const HOSTILE = [
  '__proto__',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</title></style><iframe src=//x>',
  'x'.repeat(10_000),
  '\u202egnihtemos',
];

const PHONE = { viewport: { width: 360, height: 740 } };
const OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true";

async function headings(page: Page): Promise<string[]> {
  return page.locator('h2').allTextContents();
}

/** How far the page itself is wider than the screen, pixels. */
async function overflow(page: Page): Promise<unknown> {
  return page.evaluate('document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth');
}

describeWithBrowser('the report in a browser', (browser) => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'funnelpulse-page-'));
    const csv = ['event_time,event_type,product_id,category_code,brand,price,user_id'];
    const quoted = (name: string): string => `"${name.replace(/"/g, '""')}"`;
    for (const [b, name] of HOSTILE.entries())
      for (let i = 0; i < 40; i++)
        csv.push(
          `2026-01-0${1 + (i % 2)} 05:0${b}:00 UTC,${i % 4 === 3 ? 'purchase' : 'view'},${i},${quoted(name)},${quoted(name)},${b + 5},u${i}`,
        );
    writeFileSync(join(folder, 'hostile.csv'), csv.join('\n'));
    const shop = ['--events', DEMO_EVENTS, '--days', '61', '--seed', '1', '--incidents', '6'];
    await funnelpulse('generate', '--quiet', ...shop, '--out', 'demo.csv');
    for (const [name, input] of [['sample', SAMPLE], ...['demo', 'hostile'].map((it) => [it, `${it}.csv`])]) {
      await funnelpulse('run', '--quiet', '--input', input, '--output', `duckdb:${name}.duckdb`);
      await funnelpulse('report', '--quiet', '--from', `duckdb:${name}.duckdb`, '--out', `${name}.html`);
    }
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function funnelpulse(...args: string[]): Promise<void> {
    const { code, stderr } = await start(args, { cwd: folder }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }

  function look(name: string, options = {}): Promise<Visit> {
    return visit(browser(), pathToFileURL(join(folder, `${name}.html`)).href, options);
  }

  describe.each([
    ['sample', SECTIONS_OF_SAMPLE],
    ['demo', SECTIONS],
  ])('%s', (name, sections) => {
    test('it opens without a complaint and asks nobody for anything', async () => {
      const { page, complaints, foreign, close } = await look(name);
      expect(await headings(page)).toEqual(sections);
      await page.evaluate(OPEN_ALL);
      const charts = page.getByRole('img');
      expect(await charts.count()).toBeGreaterThanOrEqual(sections.length - 3);
      for (const box of await Promise.all((await charts.all()).map((chart) => chart.boundingBox())))
        expect(box!.width * box!.height).toBeGreaterThan(10_000);
      expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
      await close();
    });

    test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
      const { page, close } = await look(name, { colorScheme });
      // Of the demo's hundred equal charts the first few will do: axe would take half a minute.
      if (name === 'sample') await page.evaluate(OPEN_ALL);
      expect(await seriousViolations(page)).toEqual([]);
      await close();
    });

    test('on a phone it scrolls in one direction, and wide charts within themselves by key', async () => {
      const { page, close } = await look(name, PHONE);
      await page.evaluate(OPEN_ALL);
      expect(await overflow(page)).toBe(0);
      const chart = page.locator('.scroll', { has: page.getByRole('img') }).first();
      await chart.focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction('document.activeElement.scrollLeft > 0');
      await close();
    });

    test('printed it has every section, and what is folded away on a screen', async () => {
      const { page, close } = await look(name, { colorScheme: 'dark' });
      const printed = (await page.pdf({ format: 'A4', outline: true, tagged: true })).toString('latin1');
      const titles = [...printed.matchAll(/\/Title \((.*?)\)\s*$/gm)].map(([, title]) => title);
      expect(titles).toEqual(expect.arrayContaining(sections));
      await page.emulateMedia({ media: 'print' });
      const folded = page.locator('details:not(.numbers):not([open]) svg');
      for (const chart of await folded.all()) expect(await chart.isVisible()).toBe(true);
      if (name === 'demo') expect(await folded.count()).toBeGreaterThan(3);
      expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(0, 0, 0)');
      await close();
    });
  });

  test('axe finds nothing serious on a phone', async () => {
    const { page, close } = await look('sample', PHONE);
    await page.evaluate(OPEN_ALL);
    expect(await seriousViolations(page)).toEqual([]);
    await close();
  });

  test('brands that mean harm are names', async () => {
    const { page, complaints, foreign, close } = await look('hostile', PHONE);
    await page.evaluate(OPEN_ALL);
    const names = await page.locator('section[aria-labelledby=brands] tbody th').allTextContents();
    expect(names.sort()).toEqual([...HOSTILE].sort());
    expect(await page.locator('script, iframe, img').count()).toBe(0);
    expect(await overflow(page)).toBe(0);
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
    await close();
  });

  (SCREENSHOTS === undefined ? test.skip : test)('the picture for the README', async () => {
    const { page, close } = await look('demo', {
      viewport: { width: 900, height: 1400 },
      colorScheme: 'light',
    });
    const path = join(SCREENSHOTS!, 'report.png');
    const [top, last] = await Promise.all(
      ['section[aria-labelledby=anomalies]', 'details.anomaly >> nth=0'].map((part) =>
        page.locator(part).boundingBox(),
      ),
    );
    const clip = { x: 0, y: top!.y, width: 900, height: Math.ceil(last!.y + last!.height - top!.y) };
    await page.screenshot({ path, fullPage: true, clip });
    expect(statSync(path).size).toBeLessThan(MOST_SCREENSHOT_BYTES);
    await close();
  });
});
