/** What axe, a checker of accessibility, finds wrong with a page as it looks now. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Violations that keep people from using the page, as sentences with the elements that are meant; none where all is well. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // By the debugger, which no policy of the page's binds.
  await page.evaluate(axe.source);
  const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  if (passes.length === 0) throw new Error('axe has checked nothing');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}
