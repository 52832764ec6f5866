/** What tests of the dashboard do with its page. */
import type { Page } from 'playwright-core';
import type { Visit } from './chromium';

const PATIENCE_MS = 30_000;

/** Waits until an expression is true in the page. Playwright's own waiting evaluates texts, which the page's policy forbids; this asks by the debugger. */
export async function until(page: Page, expression: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await page.waitForTimeout(20))
    if (await page.evaluate(expression)) return;
  throw new Error(
    `still not so after ${PATIENCE_MS} ms: ${expression}; the page says: ${await textOf(page)}`,
  );
}

/** When there is an answer to what is asked now, or a sentence that says why there is none. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main .answer, main .notice');
  await until(page, 'document.querySelector("[aria-busy=true]") === null');
}

/** What people can read in the page. */
export async function textOf(page: Page, selector = 'body'): Promise<string> {
  return String(await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`));
}

/** What must hold of every page, whatever it shows: it asks nobody else and complains of nothing; nothing of the data has become markup, or has reached what every object has. @param errors complaints that are meant to be there */
export async function expectSound(
  { page, complaints, foreign }: Visit,
  errors: readonly RegExp[] = [],
): Promise<void> {
  expect(foreign).toEqual([]);
  expect(complaints.filter((text) => !errors.some((error) => error.test(text)))).toEqual([]);
  expect(await page.evaluate('document.querySelectorAll("script").length')).toBe(1);
  expect(
    await page.evaluate(
      '(() => { const found = []; for (const key in {}) found.push(key); return found; })()',
    ),
  ).toEqual([]);
}
