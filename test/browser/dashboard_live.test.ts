/** The dashboard while things happen: tables change, the stream speaks, the server goes away, the file is locked, a token is wanted. */
import type { Page } from 'playwright-core';
import { UNKNOWN } from '../../schema/events';
import type { PipelineStatus } from '../../serving/served';
import { BRANDS, type ShopTables, shopTables } from '../dashboard/shop_tables';
import { seriousViolations } from './axe';
import { describeWithBrowser, visit } from './chromium';
import { expectSound, settled, textOf, until } from './dashboard_page';
import { DashboardServer } from './dashboard_server';

const TOKEN = 'a token of sixteen characters or more';
const STATUS: PipelineStatus = {
  ...{ read: 12345, rate: 678.4, late_dropped: 9, watermark: Date.now() - 65_000, open_windows: 42 },
  ...{ state_bytes: 3 << 20, is_full: false, unacked: 17, flushes: 5, rows_written: 777 },
  ...{ last_flush_ms: 33.3, outage_since: null },
};

let before: ShopTables;
let after: ShopTables;
beforeAll(() => {
  before = shopTables();
  const more = shopTables(2);
  after = {
    ...more,
    runs: more.runs.map((run) => ({ ...run, counts: '{"read":2}' })),
    // Later events have healed what was open.
    gold_anomalies_hourly_brand: more.gold_anomalies_hourly_brand.map((row) => ({
      ...row,
      ...{ status: 'retracted', anomaly_type: null },
    })),
  };
});

/** Whether a text can be read in the page. */
function says(text: string): string {
  return `document.body.innerText.includes(${JSON.stringify(text)})`;
}

function viewsOf({ gold_funnel_daily_brand }: ShopTables): string {
  const views = gold_funnel_daily_brand.reduce((sum, row) => sum + row.views, 0);
  return `Views: ${views.toLocaleString('en-US')}`;
}

describeWithBrowser('the dashboard, live', (browser) => {
  let server: DashboardServer;
  beforeEach(async () => {
    server = await DashboardServer.start({ ...before });
  });
  afterEach(() => server.stop());

  async function isLive(page: Page): Promise<void> {
    await settled(page);
    await until(page, `document.querySelector('.state').textContent === 'Live'`);
  }

  test('a number changes in place soon after the tables have', async () => {
    const seen = await visit(browser(), server.url);
    const { page } = seen;
    await isLive(page);
    expect(await textOf(page)).toContain(viewsOf(before));
    // The same elements show the new numbers, and nothing was empty meanwhile.
    await page.evaluate(`window.shown = document.querySelector('.steps b'); window.empty = 0;
      new MutationObserver(() => { if (!document.querySelector('.steps b')) window.empty += 1; })
        .observe(document.body, { childList: true, subtree: true })`);
    const quiet = server.asked.length;
    await page.waitForTimeout(1000);
    // Nobody asks while nothing changes.
    expect(server.asked.length).toBe(quiet);
    const began = await server.change({ ...after });
    await until(page, says(viewsOf(after)));
    process.stderr.write(`A number changed ${Date.now() - began} ms after the tables had\n`);
    expect(await page.evaluate(`window.shown === document.querySelector('.steps b')`)).toBe(true);
    expect(await page.evaluate('window.empty')).toBe(0);
    await expectSound(seen);
    await seen.close();
  });

  test('a stream that commits all the time is followed without flicker', async () => {
    const seen = await visit(browser(), server.url);
    const { page } = seen;
    await isLive(page);
    await page.evaluate(`window.stale = 0;
      new MutationObserver(() => { if (document.querySelector('[aria-busy=true]')) window.stale += 1; })
        .observe(document.body, { attributes: true, subtree: true })`);
    const last = 20;
    for (let i = 1; i <= last; i += 1) {
      // Each commit moves the watermark on, and adds a view.
      const watermark = Date.parse('2026-01-16T10:00:00Z') + i * 60_000;
      const [first, ...others] = before.gold_funnel_daily_brand;
      await server.change({
        gold_funnel_daily_brand: [{ ...first, views: first.views + i }, ...others],
        runs: before.runs.map((run) => ({ ...run, mode: 'streaming', status: 'running', watermark })),
      });
      await page.waitForTimeout(50);
    }
    const views = before.gold_funnel_daily_brand.reduce((sum, row) => sum + row.views, last);
    await until(page, says(`Views: ${views.toLocaleString('en-US')}`));
    // Once: the day that is not over is left out of the comparison from the first of these commits on.
    expect(await page.evaluate('window.stale')).toBeLessThanOrEqual(1);
    const rounds = server.asked.filter((path) => path.startsWith('/v1/anomalies/by-day')).length;
    process.stderr.write(`${rounds} rounds of questions for ${last} commits\n`);
    expect(rounds).toBeLessThanOrEqual(last + 2);
    await expectSound(seen);
    await seen.close();
  });

  test('an open anomaly is marked as retracted when later events have healed it', async () => {
    const seen = await visit(browser(), `${server.url}/?view=anomalies&brand=${UNKNOWN}`);
    const { page } = seen;
    await isLive(page);
    await page.getByLabel('Name').fill(BRANDS[1]);
    await page.keyboard.press('Enter');
    await until(page, `document.querySelector('main tbody tr') !== null`);
    await page.locator('main tbody a').first().click();
    await until(page, says(`${BRANDS[1]}: spike`));
    await server.change({ ...after });
    await until(page, says('Retracted.'));
    await expectSound(seen);
    await seen.close();
  });

  test('the pipeline says how it is, each second', async () => {
    const seen = await visit(browser(), `${server.url}/?view=pipeline`);
    const { page } = seen;
    await isLive(page);
    expect(await textOf(page)).toContain('This process writes nothing');
    server.status = STATUS;
    await until(page, says('678 /s'));
    const text = await textOf(page);
    for (const shown of ['12,345', '3 MiB', '17', '777', '33 ms', '42']) expect(text).toContain(shown);
    expect(text).toMatch(/Watermark behind the clock\s+1 min \d+ s/);
    expect(await seriousViolations(page)).toEqual([]);
    // The stream says nothing new, and falls behind.
    const lag = /Watermark behind the clock\s+(1 min \d+ s)/.exec(text)?.[1];
    await until(page, `!(${says(String(lag))})`);
    server.status = { ...STATUS, rate: 5, is_full: true, outage_since: Date.parse('2026-01-02T03:04:05Z') };
    await until(page, says('The source can’t be reached since 2 Jan 2026, 03:04 UTC'));
    expect(await textOf(page)).toContain('--max-state');
    await expectSound(seen);
    await seen.close();
  });

  test('a lost connection is said, numbers stay, and it is found again', async () => {
    const seen = await visit(browser(), server.url);
    const { page } = seen;
    await isLive(page);
    await server.goAway();
    await until(page, says('Connection lost at'));
    const text = await textOf(page);
    expect(text).toContain(viewsOf(before));
    expect(text).toMatch(/These are the numbers as of \d\d:\d\d:\d\d UTC/);
    expect(await seriousViolations(page)).toEqual([]);
    // Another view can't be asked for now, and says so; the way back is still there.
    await page.getByRole('link', { name: 'Pipeline' }).click();
    await until(page, says('The server doesn’t answer'));
    await server.change({ ...after });
    await server.comeBack();
    await until(page, `!(${says('Connection lost at')})`);
    await until(page, says('What became of every record'));
    await page.getByRole('link', { name: 'Overview' }).click();
    await until(page, says(viewsOf(after)));
    await expectSound(seen, [/ERR_|Failed to load/]);
    await seen.close();
  });

  test('a locked file is said, and asked for again', async () => {
    server.isLocked = true;
    const seen = await visit(browser(), server.url);
    await until(seen.page, says('The output can’t be read now'));
    expect(await seriousViolations(seen.page)).toEqual([]);
    server.isLocked = false;
    await until(seen.page, says(viewsOf(before)));
    await expectSound(seen, [/503/]);
    await seen.close();
  });

  test('an output without events says how to get some', async () => {
    const empty = await DashboardServer.start({});
    const seen = await visit(browser(), empty.url);
    await until(seen.page, says('No events yet'));
    expect(await seriousViolations(seen.page)).toEqual([]);
    await empty.change({ ...before });
    await until(seen.page, says(viewsOf(before)));
    await expectSound(seen);
    await seen.close();
    await empty.stop();
  });

  test('where a token is wanted it is asked for once', async () => {
    const guarded = await DashboardServer.start({ ...before }, TOKEN);
    const seen = await visit(browser(), guarded.url);
    const { page } = seen;
    await until(page, says('This server wants a token'));
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Token').fill('not the token of this server');
    await page.keyboard.press('Enter');
    await until(page, says('That is not the token'));
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await isLive(page);
    expect(await textOf(page)).toContain(viewsOf(before));
    await page.reload();
    await isLive(page);
    // No script can read what was given.
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).toBe('{}');
    await expectSound(seen, [/401/]);
    await seen.close();
    await guarded.stop();
  });
});
