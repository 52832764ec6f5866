/** The dashboard as users get it: the built program serves an output, and another run writes to it meanwhile. With FUNNELPULSE_SCREENSHOTS naming a folder, the pictures of docs/dashboard.md are written there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { funnelpulse } from '../e2e/command_line';
import { SAMPLE } from '../e2e/product';
import { describeWithBrowser, visit } from './chromium';
import { expectSound, settled, textOf, until } from './dashboard_page';

const CLI = join(__dirname, '../../dist/bundle/cli.js');
const SCREENSHOTS = process.env.FUNNELPULSE_SCREENSHOTS;
const MOST_BYTES = 150_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-dashboard-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function succeeds(...args: string[]): Promise<void> {
  const { code, stderr } = await funnelpulse(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

interface Serving {
  readonly url: string;
  readonly end: () => Promise<number | null>;
}

/** Starts `funnelpulse serve` at a free port. @param output a file in the folder: the page shows its name as it was given */
async function serve(output: string): Promise<Serving> {
  const args = [CLI, 'serve', '--quiet', '--port', '0', '--from', `duckdb:${output}`];
  const child: ChildProcess = spawn(process.execPath, args, { cwd: folder });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (text: unknown): void => {
      said += String(text);
      const found = /at (http:\S+?)\.? /.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', () => reject(new Error(`serve ended: ${said}`)));
  });
  return {
    url: url.replace(/\/$/, ''),
    end: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path });
  expect(statSync(path).size).toBeLessThan(MOST_BYTES);
}

const PICTURE = { viewport: { width: 960, height: 1050 } };

describeWithBrowser('the dashboard of funnelpulse serve', (browser) => {
  test('it shows the sample, and what another run writes in its place', async () => {
    const output = join(folder, 'out.duckdb');
    await succeeds('run', '--quiet', '--input', SAMPLE, '--output', `duckdb:${output}`);
    const serving = await serve('out.duckdb');
    const seen = await visit(browser(), `${serving.url}/?from=2019-10-01`, PICTURE);
    const { page } = seen;
    await settled(page);
    const text = await textOf(page);
    for (const shown of ['9,058.60', 'Views: 9,333', 'Carts: 6,481', 'Purchases: 1,720', 'runail'])
      expect(text).toContain(shown);
    await picture(page, 'dashboard-sample');

    const csv = join(folder, 'shop.csv');
    await succeeds('generate', '--quiet', '--events', '20000', '--days', '3', '--seed', '5', '--out', csv);
    await succeeds('run', '--quiet', '--input', csv, '--output', `duckdb:${output}`);
    const answer = await fetch(`${serving.url}/v1/funnel?grain=total`);
    const [{ views }] = ((await answer.json()) as { rows: { views: number }[] }).rows;
    expect(views).not.toBe(9333);
    const shown = `Views: ${views.toLocaleString('en-US')}`;
    await until(page, `document.body.innerText.includes(${JSON.stringify(shown)})`);
    await expectSound(seen);
    await seen.close();
    expect(await serving.end()).toBe(0);
  });

  (SCREENSHOTS === undefined ? test.skip : test)(
    'pictures of two months of a shop',
    async () => {
      const [csv, output] = [join(folder, 'demo.csv'), join(folder, 'demo.duckdb')];
      const shop = ['--events', '2000000', '--days', '61', '--seed', '1', '--incidents', '6'];
      await succeeds('generate', '--quiet', ...shop, '--out', csv);
      await succeeds('run', '--quiet', '--input', csv, '--output', `duckdb:${output}`);
      const serving = await serve('demo.duckdb');
      const seen = await visit(browser(), serving.url, PICTURE);
      const { page } = seen;
      await settled(page);
      await picture(page, 'dashboard-overview');
      await page.getByRole('link', { name: 'Anomalies', exact: true }).click();
      await page.getByRole('combobox', { name: 'First' }).selectOption('risk');
      await settled(page);
      await page.locator('main tbody a').nth(5).click();
      await until(page, `document.querySelector('main h3') !== null`);
      await picture(page, 'dashboard-anomaly');
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.getByRole('link', { name: 'The brand in the days around' }).click();
      await until(page, `document.querySelector('main .cards') !== null`);
      await page.waitForTimeout(500);
      await picture(page, 'dashboard-brand');
      await expectSound(seen);
      await seen.close();
      await serving.end();
    },
    300_000,
  );
});
