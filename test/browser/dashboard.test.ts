/** The dashboard in a real browser, over the API: it shows what the API says, is usable by all, and keeps to its policy whatever the data is called. */
import type { Page } from 'playwright-core';
import { BRANDS, type ShopTables, shopTables } from '../dashboard/shop_tables';
import { seriousViolations } from './axe';
import { describeWithBrowser, type Visit, visit } from './chromium';
import { expectSound, settled, textOf, until } from './dashboard_page';
import { DashboardServer } from './dashboard_server';

const VIEWS = {
  overview: '/?from=2026-01-03&to=2026-01-12',
  category: '/?by=category',
  hostile: `/?${BRANDS.slice(1, 6)
    .map((brand) => `key=${encodeURIComponent(brand)}`)
    .join('&')}`,
  brands: '/?view=brand',
  brand: `/?view=brand&brand=${encodeURIComponent(BRANDS[1])}`,
  proto: '/?view=brand&brand=__proto__',
  anomalies: '/?view=anomalies&status=all',
  pipeline: '/?view=pipeline',
  nothing: '/?from=2031-01-01',
  noBrand: '/?view=brand&brand=nobody',
  noAnomaly: '/?view=anomalies&anomaly=none',
};

let tables: ShopTables;
let server: DashboardServer;
beforeAll(async () => {
  tables = shopTables();
  server = await DashboardServer.start({ ...tables });
});
afterAll(() => server?.stop());

describeWithBrowser('the dashboard', (browser) => {
  async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visit> {
    const seen = await visit(browser(), server.url + path, options);
    await settled(seen.page);
    return seen;
  }

  test.each(Object.entries(VIEWS))('%s: usable in light and dark, and on a phone', async (name, path) => {
    const seen = await open(path, { viewport: { width: 1000, height: 800 } });
    const { page } = seen;
    if (name === 'overview') await page.locator('figure summary').first().click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect({ colorScheme, found: await seriousViolations(page) }).toEqual({ colorScheme, found: [] });
    }
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await expectSound(seen, name === 'noAnomaly' ? [/404/] : []);
    await seen.close();
  });

  test('the overview shows the API’s numbers', async () => {
    const seen = await open(VIEWS.overview);
    const range = 'from=2026-01-03&to=2026-01-12';
    const [shop, brands] = await Promise.all([
      server.answer<{ rows: { views: number; purchases: number }[] }>(`/v1/funnel?grain=total&${range}`),
      server.answer<{ total: number; rows: { key: string; views: number }[] }>(`/v1/brands?${range}`),
    ]);
    const text = await textOf(seen.page);
    const [{ views, purchases }] = shop.rows;
    expect(text).toContain(`Views: ${views.toLocaleString('en-US')}`);
    expect(text).toContain(`Purchases: ${purchases.toLocaleString('en-US')}`);
    const cells = seen.page.locator('section[aria-label="Top brands by revenue"] tbody tr');
    expect(await cells.count()).toBe(brands.rows.length);
    for (const [i, row] of brands.rows.entries()) {
      const line = await cells.nth(i).locator('th, td').allTextContents();
      expect(line[0]).toBe(row.key.length > 60 ? `${row.key.slice(0, 59)}…` : row.key);
      expect(line[1]).toBe(row.views.toLocaleString('en-US'));
    }
    await seen.close();
  });

  test('a brand, its anomalies, and one with its evidence, by way of links', async () => {
    const seen = await open(VIEWS.overview);
    const { page } = seen;
    await page.getByRole('link', { name: BRANDS[1] }).click();
    await page.getByRole('heading', { level: 1, name: BRANDS[1] }).waitFor();
    await settled(page);
    expect(new URL(page.url()).search).toBe(
      `?view=brand&from=2026-01-03&to=2026-01-12&brand=${new URLSearchParams({ x: BRANDS[1] }).toString().slice(2)}`,
    );
    const { rows, total } = await server.answer<{
      total: number;
      rows: { window_start: string; views: number; status: string; expected_purchases: number }[];
    }>(`/v1/anomalies?status=all&brand=${encodeURIComponent(BRANDS[1])}&from=2026-01-03&to=2026-01-12`);
    expect(total).toBeGreaterThan(2);
    const lines = page.locator('section[aria-label^="Anomalies of"] tbody tr');
    expect(await lines.count()).toBe(total);
    await lines.nth(1).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'Anomaly' }).waitFor();
    await settled(page);
    const text = await textOf(page);
    expect(text).toContain(`${rows[1].views} views.`);
    const expected = rows[1].expected_purchases.toFixed(1);
    expect(
      await page
        .getByRole('row', { name: /^Purchases / })
        .locator('td')
        .first()
        .textContent(),
    ).toBe(expected);
    expect(
      await page.locator('section[aria-label="Price bands in that hour"] tbody tr').count(),
    ).toBeGreaterThan(2);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: BRANDS[1] }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: BRANDS[1] }).waitFor();
    await expectSound(seen);
    await seen.close();
  });

  test('a retracted anomaly is marked as such', async () => {
    const seen = await open('/?view=anomalies&status=retracted');
    const line = seen.page.locator('main tbody tr');
    expect((await line.locator('td').allTextContents()).slice(0, 2)).toEqual(['acme', 'retracted']);
    await line.getByRole('link').click();
    await seen.page.getByText('Retracted.', { exact: true }).waitFor();
    await seen.close();
  });

  test('filters go into the address, survive a reload, and are the same for who gets the address', async () => {
    const seen = await open('/');
    const { page } = seen;
    await page.getByRole('button', { name: 'Last 7' }).click();
    await page.getByLabel('Only this brand').fill('__Proto__ ');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByLabel('Only this brand').fill('acme');
    await page.keyboard.press('Enter');
    await page.getByLabel('To', { exact: true }).fill('2026-01-14');
    await settled(page);
    expect(new URL(page.url()).search).toBe('?from=2026-01-10&to=2026-01-14&key=__proto__&key=acme');
    // Not what is said to screen readers, which follows in its own time.
    const text = (from: Page) => textOf(from, 'main .answer');
    const before = await text(page);
    expect(before).toContain('10 Jan 2026 to 14 Jan 2026: __proto__, acme');
    await page.reload();
    await settled(page);
    expect(await text(page)).toBe(before);
    const other = await open(new URL(page.url()).search.replace('?', '/?'));
    expect(await text(other.page)).toBe(before);
    await page.getByRole('button', { name: 'Remove acme' }).click();
    expect(new URL(page.url()).search).toBe('?from=2026-01-10&to=2026-01-14&key=__proto__');
    await page.goBack();
    await page.getByRole('button', { name: 'Remove acme' }).waitFor();
    await page.getByRole('link', { name: 'Anomalies', exact: true }).click();
    await page.getByRole('combobox', { name: 'Type' }).selectOption('spike');
    await page.getByRole('combobox', { name: 'Status' }).selectOption('all');
    await page.getByRole('combobox', { name: 'First' }).selectOption('risk');
    await settled(page);
    expect(new URL(page.url()).search).toBe(
      '?view=anomalies&from=2026-01-10&to=2026-01-14&key=__proto__&key=acme&status=all&type=spike&order=risk',
    );
    await expectSound(seen);
    await Promise.all([seen.close(), other.close()]);
  });

  test.each(['overview', 'brand', 'anomalies'] as const)(
    '%s: everything is reached by keys, and is seen to be',
    async (view) => {
      const seen = await open(VIEWS[view]);
      const { page } = seen;
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('To the content');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('content');
      await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
      await page.reload();
      await settled(page);
      const reachable = (await page.evaluate(
        `[...document.querySelectorAll('a, button, input, select, summary, [tabindex="0"]')].length`,
      )) as number;
      const reached = new Set<string>();
      for (let i = 0; i < 4 * reachable && (i === 0 || !reached.has('body')); i += 1) {
        await page.keyboard.press('Tab');
        const { name, outline } = (await page.evaluate(`(() => {
        const element = document.activeElement;
        if (element === document.body) return { name: 'body', outline: 'solid' };
        element.reached ??= element.tagName + (window.reached = (window.reached ?? 0) + 1);
        return { name: element.reached, outline: getComputedStyle(element).outlineStyle };
      })()`)) as { name: string; outline: string };
        expect({ name, outline }).not.toMatchObject({ outline: 'none' });
        reached.add(name);
      }
      reached.delete('body');
      expect(reached.size).toBe(reachable);
      // A link is followed by Enter, and what is read next is the new view.
      await page.getByRole('link', { name: 'Pipeline' }).focus();
      await page.keyboard.press('Enter');
      await until(
        page,
        `document.activeElement.textContent === 'Pipeline' && document.activeElement.tagName === 'H1'`,
      );
      await seen.close();
    },
  );

  test('charts take the system’s colours, also when they change', async () => {
    const seen = await open(VIEWS.overview, { colorScheme: 'light' });
    const { page } = seen;
    // Of the first line of the chart: where it is drawn at all, its colour is there.
    const has = (color: readonly number[]) =>
      until(
        page,
        `(() => {
        const canvas = document.querySelector('canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4)
          if (data[i] === ${color[0]} && data[i + 1] === ${color[1]} && data[i + 2] === ${color[2]} && data[i + 3] === 255) return true;
        return false;
      })()`,
      );
    await has([0x00, 0x72, 0xb2]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await has([0x56, 0xb4, 0xe9]);
    await expectSound(seen);
    await seen.close();
  });

  test('the numbers of a chart stand below it', async () => {
    const seen = await open(VIEWS.brand);
    const { page } = seen;
    await page.getByText('Numbers of this chart: Conversion by hour').click();
    expect(await page.locator('section[aria-label="Conversion by hour"] tbody tr').count()).toBe(128);
    expect(await page.getByRole('img', { name: `Conversion of ${BRANDS[1]} by hour` }).count()).toBe(1);
    await seen.close();
  });

  test.each([
    ['overview', 'Revenue by day', 6],
    ['hostile', 'Conversion by day', 6],
    ['overview', 'Anomalous hours by day', 2],
    ['brand', 'Conversion by hour', 128],
  ] as const)(
    '%s, %s: at the pointer a chart says the numbers that stand there',
    async (view, caption, least) => {
      const seen = await open(VIEWS[view]);
      const { page } = seen;
      const figure = page.locator('figure', { has: page.getByText(caption, { exact: true }) });
      await figure.locator('summary').click();
      const titles = (await figure.locator('thead th').allTextContents()).slice(1);
      const lines = await figure.locator('tbody tr').all();
      const rows = await Promise.all(lines.map((line) => line.locator('th, td').allTextContents()));
      expect(rows.length).toBeGreaterThanOrEqual(least);
      const { x, y, width } = (await figure.locator('.plot').boundingBox())!;
      const note = figure.locator('.reading');
      const said = async () => [
        await note.locator('strong').textContent(),
        ...(await note.locator('dt').allTextContents()),
        ...(await note.locator('dd').allTextContents()),
      ];
      const expected = ([name, ...cells]: readonly string[]) => [
        ...[name, ...titles.filter((_, i) => cells[i] !== ''), ...cells.filter((cell) => cell !== '')],
      ];
      // From the plot's left end to its right one (PLOT of the axes), and beyond both.
      const at = [65, width - 25];
      const first: string[][] = [];
      for (const place of at) {
        await page.mouse.move(x + place, y + 100);
        first.push((await said()) as string[]);
        const { x: left, width: wide } = (await note.locator('.note').boundingBox())!;
        expect(left).toBeGreaterThanOrEqual(x);
        expect(left + wide).toBeLessThanOrEqual(x + width);
      }
      expect(first).toEqual([rows[0], rows.at(-1)!].map(expected));
      await page.keyboard.press('Escape');
      expect(await note.count()).toBe(0);
      for (const outside of [30, width - 5]) {
        await page.mouse.move(x + outside, y + 100);
        expect(await note.count()).toBe(0);
      }
      await page.mouse.move(x + width / 2, y + 100);
      expect(rows.map(expected)).toContainEqual(await said());
      expect(await seriousViolations(page)).toEqual([]);
      await page.mouse.move(x + width / 2, y - 40);
      expect(await note.count()).toBe(0);
      await expectSound(seen);
      await seen.close();
    },
  );
});
