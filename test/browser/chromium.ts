/**
 * A real browser for tests: Chromium, without a screen. Where it is missing, tests that need it are skipped with a sentence that says how to get it; with the environment variable CI they fail.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { describeWithServer } from '../emulators/describe_with_server';

const HOW_TO_GET_IT =
  'Chromium is not there. scripts/install-chromium installs it, or CHROMIUM names one that is elsewhere.';

/** The browser's program: the one that CHROMIUM names, or one in PATH; null where there is none. */
export function findChromium(): string | null {
  const { CHROMIUM, PATH = '' } = process.env;
  const names = CHROMIUM !== undefined ? [CHROMIUM] : ['chromium', 'chromium-browser', 'google-chrome'];
  const found = names
    .flatMap((name) =>
      name.includes('/') ? [name] : PATH.split(delimiter).map((folder) => join(folder, name)),
    )
    .find(isProgram);
  return found ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws where there is no browser, or it doesn't start */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(HOW_TO_GET_IT);
  const { chromium } = require('playwright-core') as typeof import('playwright-core');
  // Shared memory of a container is often too small for it.
  return chromium.launch({ executablePath, args: ['--disable-dev-shm-usage'] });
}

/**
 * Tests that need a browser: one is started before the first of them and closed after the last.
 *
 * @param body given a function that returns the browser; for use within tests
 */
export function describeWithBrowser(name: string, body: (browser: () => Browser) => void): void {
  const standIn = {
    isThere: findChromium() !== null,
    howToGetIt: HOW_TO_GET_IT,
    start: async () => {
      const browser = await launchChromium();
      return { browser, stop: () => browser.close() };
    },
    environment: () => ({}),
  };
  describeWithServer(name, standIn, (started) => body(() => started().browser));
}

/** A page that somebody looks at, and what it did that it shouldn't. */
export interface Visit {
  readonly page: Page;
  /** What the page has complained of: errors on the console, breaches of its policy among them, and errors that nothing caught. */
  readonly complaints: string[];
  /** Addresses that were asked for elsewhere than at the page's own host. */
  readonly foreign: string[];
  close(): Promise<void>;
}

/** Opens an address in a profile of its own, and waits until everything has loaded. @param url `file:` or `http:` */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Kathmandu', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const { protocol, host } = new URL(url);
  context.on('request', (request) => {
    const asked = new URL(request.url());
    // A page in a file may ask for no other file either.
    const isOwn = protocol === 'file:' ? asked.href === new URL(url).href : asked.host === host;
    if (!isOwn && !['data:', 'blob:'].includes(asked.protocol)) foreign.push(asked.href);
  });
  await page.goto(url, { waitUntil: 'load' });
  return { page, complaints, foreign, close: () => context.close() };
}
