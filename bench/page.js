#!/usr/bin/env node
/**
 * The report of two months of a made-up shop: how large its page is, how long it takes to make, and when a browser shows something of it.
 *
 *   node bench/page.js [ROUNDS]
 *
 * Needs `npm run build` and Chromium (scripts/install-chromium). Writes bench/results/report.json.
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { gzipSync } = require('node:zlib');
const { chromium } = require('playwright-core');
const { machine } = require('./report.js');

const CLI = path.join(__dirname, '..', 'dist', 'bundle', 'cli.js');
const rounds = Number(process.argv[2] ?? 9);
const EVENTS = 2_000_000;
const DAYS = 61;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'funnelpulse-bench-page-'));
const [csv, output, page] = ['demo.csv', 'demo.duckdb', 'demo.html'].map((name) => path.join(folder, name));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Milliseconds that a command takes. */
function funnelpulse(...args) {
  const started = performance.now();
  execFileSync(process.execPath, [CLI, ...args, '--quiet']);
  return performance.now() - started;
}

/** Milliseconds from asking for the page to the first that is seen of it, and until all has been laid out, in a profile without a cache. */
async function look(browser) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(pathToFileURL(page).href, { waitUntil: 'load' });
  await tab.waitForFunction("performance.getEntriesByName('first-contentful-paint').length > 0");
  const [paint, load] = await tab.evaluate(
    "[performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.getEntriesByType('navigation')[0].loadEventEnd]",
  );
  await context.close();
  return { paint, load };
}

async function main() {
  const shop = ['--events', EVENTS, '--days', DAYS, '--seed', 1, '--incidents', 6].map(String);
  funnelpulse('generate', ...shop, '--out', csv);
  funnelpulse('run', '--input', csv, '--output', `duckdb:${output}`);
  const made = [];
  for (let round = 0; round < rounds; round++)
    made.push(funnelpulse('report', '--from', `duckdb:${output}`, '--out', page));
  const browser = await chromium.launch({ executablePath: chromiumPath() });
  const seen = [];
  await look(browser); // its first page is slower than any later one
  for (let round = 0; round < rounds; round++) seen.push(await look(browser));
  const bytes = fs.readFileSync(page);
  const figures = (values) => ({ median: Math.round(median(values)), all: values.map(Math.round) });
  const result = {
    date: new Date().toISOString(),
    machine: machine(),
    load_average: os.loadavg()[0],
    browser: browser.version(),
    events: EVENTS,
    days: DAYS,
    rounds,
    bytes: bytes.length,
    gzip_bytes: gzipSync(bytes).length,
    made_ms: figures(made),
    first_paint_ms: figures(seen.map(({ paint }) => paint)),
    loaded_ms: figures(seen.map(({ load }) => load)),
  };
  await browser.close();
  console.log(JSON.stringify(result, null, 2));
  const results = path.join(__dirname, 'results');
  fs.mkdirSync(results, { recursive: true });
  fs.writeFileSync(path.join(results, 'report.json'), `${JSON.stringify(result, null, 2)}\n`);
}

function chromiumPath() {
  return execFileSync(path.join(__dirname, '..', 'scripts', 'install-chromium'), { encoding: 'utf8' }).trim();
}

void main().finally(() => fs.rmSync(folder, { recursive: true, force: true }));
