/** A running stream's own page, as somebody sees it who watches: numbers that follow what is published, an anomaly that appears and is taken back, a link that others can open. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { Scene } from '../e2e/stream/scene';
import { servingOf } from '../e2e/stream/serving_of';
import { BASELINE, event, SENT, times } from '../e2e/stream/single_events';
import { describeWithPubsub } from '../emulators/pubsub';
import { seriousViolations } from './axe';
import { describeWithBrowser, type Visit, visit } from './chromium';
import { expectSound, settled, textOf, until } from './dashboard_page';

const SCREENSHOTS = process.env.FUNNELPULSE_SCREENSHOTS;
/** Publishings whose way to the page is measured. */
const ROUNDS = Number(process.env.FUNNELPULSE_LIVE_ROUNDS ?? 9);

// The watermark goes by the clock: a machine that stands still for seconds can spoil a run, but not two.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

const says = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`;

/** The verdict on a brand in the list of anomalies. */
async function verdict(page: Page, brand: string): Promise<string | null> {
  const cells = page.locator('main tbody tr', { hasText: brand }).locator('td');
  const texts = await cells.allTextContents();
  return texts[texts.indexOf(brand) + 1] ?? null;
}

async function untilVerdict(page: Page, brand: string, expected: string): Promise<void> {
  for (let patience = 600; (await verdict(page, brand)) !== expected; patience--) {
    if (patience === 0) throw new Error(`${brand} is not ${expected}: ${await textOf(page)}`);
    await delay(50);
  }
}

describeWithPubsub('a running stream', () => {
  describeWithBrowser('seen in a browser', (browser) => {
    let scene: Scene;
    const visits: Visit[] = [];
    beforeEach(async () => {
      scene = await Scene.open();
    });
    afterEach(async () => {
      await Promise.all(visits.splice(0).map((each) => each.close()));
      await scene.close();
    });

    async function open(url: string): Promise<Visit> {
      const seen = await visit(browser(), url, { viewport: { width: 1000, height: 900 } });
      visits.push(seen);
      await settled(seen.page);
      return seen;
    }

    test('shows what has been published, an anomaly, and that late events have healed it', async () => {
      const baseline = join(scene.folder, 'baseline.csv');
      writeFileSync(baseline, BASELINE);
      const following = scene.follow(
        ...['--early-firing', '200ms', '--commit-every', '100ms', '--when-idle', 'hold'],
        ...['--watermark-memory', '30s', '--workers', '0', '--serve', '0'],
        ...['--baseline', baseline, '--min-flag-views', '10'],
      );
      const url = await servingOf(following);
      // Before anything has come the page says so, and comes to life by itself.
      const overview = await open(url);
      expect(await textOf(overview.page)).toContain('no events');

      await scene.publish([
        ...times(20, () => event('view', 'acme', '10:10:00', SENT)),
        ...times(20, () => event('view', 'dud', '10:20:00', SENT)),
      ]);
      await until(overview.page, says('Views: 40'));
      const delays: number[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        const begun = performance.now();
        await scene.publish([event('cart', 'zen', '10:30:00', SENT)]);
        await until(overview.page, says(`Carts: ${round}`));
        delays.push(Math.round(performance.now() - begun));
      }
      const sorted = delays.toSorted((a, b) => a - b);
      process.stdout.write(
        `From publishing to the page: median ${sorted[ROUNDS >> 1]} ms, most ${sorted.at(-1)} ms (${ROUNDS} times)\n`,
      );

      // Half past twelve: the hour is over, and neither brand has sold anything.
      const list = await open(`${url}?view=anomalies&status=all`);
      while ((await verdict(list.page, 'acme')) === null) {
        await scene.publish([event('view', 'pulse', '12:30:00')]);
        await delay(250);
      }
      await untilVerdict(list.page, 'acme', 'drop');
      await untilVerdict(list.page, 'dud', 'drop');
      await scene.publish(times(4, () => event('purchase', 'acme', '10:50:00')));
      await untilVerdict(list.page, 'acme', 'retracted');
      expect(await verdict(list.page, 'dud')).toBe('drop');
      await until(overview.page, says('Purchases: 4'));
      if (SCREENSHOTS !== undefined)
        await list.page.screenshot({ path: join(SCREENSHOTS, 'dashboard-live.png') });

      // Whoever gets the link sees the same, and so does who loads the page anew.
      await list.page.getByLabel('Status').selectOption('retracted');
      await settled(list.page);
      const filtered = list.page.url();
      expect(filtered).toContain('status=retracted');
      await list.page.reload();
      await settled(list.page);
      const other = await open(filtered);
      for (const { page } of [list, other]) {
        expect(await verdict(page, 'acme')).toBe('retracted');
        expect(await verdict(page, 'dud')).toBeNull();
      }

      const pipeline = await open(`${url}?view=pipeline`);
      await until(pipeline.page, says('2019'));
      for (const seen of visits) {
        expect(await seriousViolations(seen.page)).toEqual([]);
        await expectSound(seen);
      }
      following.process.kill('SIGTERM');
      expect(await following.ended).toMatchObject({ code: 0 });
      await until(overview.page, says('Not live'));
      expect(await textOf(overview.page)).toContain('Purchases: 4');
    });
  });
});
