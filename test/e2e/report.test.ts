/** `funnelpulse report`: the page of the sample, and of two months of a made-up shop. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeParts, attribute, type Document, documentOf, textOf } from '../serving/report/html_document';
import { funnelpulse } from './command_line';
import { SAMPLE } from './product';

/** As `make demo`: hours with six incidents need that many. */
const DEMO_EVENTS = process.env.FUNNELPULSE_DEMO_EVENTS ?? '2000000';
const MOST_BYTES = 3_000_000;

let folder: string;
let sample: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-report-'));
  sample = join(folder, 'sample.duckdb');
  await succeeds('run', '--quiet', '--input', SAMPLE, '--output', `duckdb:${sample}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function succeeds(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await funnelpulse(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** A section as the lines of its tables: the cells of each, with blanks between. */
function linesOf(page: Document, id: string): string[] {
  const heading = page.elements.find((element) => attribute(element, 'id') === id);
  expect(heading).toBeDefined();
  const section = page.elements.indexOf(heading!) - 1;
  const end = page.elements.findIndex(({ tagName }, i) => i > section && tagName === 'section');
  return page.elements
    .slice(section, end === -1 ? undefined : end)
    .filter(({ tagName }) => tagName === 'tr')
    .map((row) => row.childNodes.map(textOf).join(' '));
}

/** Parses, needs nothing and runs nothing. */
function checked(file: string): Document {
  const markup = readFileSync(file, 'utf8');
  const page = documentOf(markup);
  expect(page.errors).toEqual([]);
  expect(activeParts(page)).toEqual([]);
  expect(markup).not.toMatch(/https?:|@import/);
  const policy = page.elements.find(
    (element) => attribute(element, 'http-equiv') === 'Content-Security-Policy',
  );
  expect(attribute(policy!, 'content')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
  const ids = page.elements
    .filter(({ tagName }) => tagName === 'h2')
    .map((element) => attribute(element, 'id'));
  const links = page.elements.filter(({ tagName }) => tagName === 'a').map((a) => attribute(a, 'href'));
  expect(links).toEqual(ids.map((id) => `#${id}`));
  for (const chart of page.elements.filter((element) => attribute(element, 'role') === 'img'))
    expect(attribute(chart, 'aria-label')).not.toBe('');
  return page;
}

test('the sample', async () => {
  const out = join(folder, 'sample.html');
  const stdout = await succeeds('report', '--from', `duckdb:${sample}`, '--out', out);
  expect(stdout).toMatch(/^Wrote .*sample.html \(\d+ KiB\)/);
  const page = checked(out);
  const all = textOf(page.elements[0]);
  expect(all).toContain('Conversion funnel, 1 Oct 2019 to 31 Oct 2019');
  expect(all).toContain('9,058.60 in all');
  // What `funnelpulse run` prints, and SQL finds in the tables.
  const [, first, second] = linesOf(page, 'brands');
  expect(first).toBe('runail 848 807 342 968.74 95.2% 40.3%');
  expect(second).toMatch(/^uno 187 77 37 433.57 /);
  const quality = linesOf(page, 'quality');
  expect(quality).toContain('Read 22,283 100.0%');
  expect(quality).toContain('Duplicates 1,242 5.57%');
  expect(quality).toContain('nonpositive_price 39 0.18%');
  expect(all).toContain('None: no hour of a brand converted unlike the others.');
});

test('some days of it', async () => {
  const out = join(folder, 'day.html');
  const day = ['--since', '2019-10-31', '--until', '2020-01-01'];
  await succeeds('report', '--from', `duckdb:${sample}`, '--out', out, '--quiet', ...day);
  const all = textOf(checked(out).elements[0]);
  expect(all).toContain('Conversion funnel, 31 Oct 2019');
  expect(all).not.toContain('9,058.60 in all');
});

test('days without events are said to be so', async () => {
  const out = join(folder, 'none.html');
  await succeeds('report', '--from', `duckdb:${sample}`, '--out', out, '--since', '2024-01-01');
  const page = checked(out);
  expect(textOf(page.elements[0])).toContain('There are no events in these days');
  expect(linesOf(page, 'quality')).toContain('Read 22,283 100.0%');
});

test('two months of a shop: every incident’s brand is there, in less than 3 MB', async () => {
  const [csv, output, out] = ['demo.csv', 'demo.duckdb', 'demo.html'].map((name) => join(folder, name));
  const shop = ['--events', DEMO_EVENTS, '--days', '61', '--seed', '1', '--incidents', '6'];
  await succeeds('generate', '--quiet', ...shop, '--out', csv);
  await succeeds('run', '--quiet', '--input', csv, '--output', `duckdb:${output}`);
  await succeeds('report', '--quiet', '--from', `duckdb:${output}`, '--out', out);
  expect(statSync(out).size).toBeLessThan(MOST_BYTES);
  const page = checked(out);
  expect(linesOf(page, 'brands').length).toBe(16);
  const shown = page.elements
    .filter((element) => attribute(element, 'class') === 'anomaly')
    .map((element) => textOf(element));
  expect(shown.length).toBeGreaterThan(5);
  const incidents = JSON.parse(readFileSync(`${csv}.truth.json`, 'utf8')) as {
    kind: string;
    brand: string | null;
  }[];
  for (const { kind, brand } of incidents)
    if (brand !== null) expect(shown.some((text) => text.startsWith(`${brand}: ${kind}`))).toBe(true);
  for (const text of shown) {
    expect(text).toMatch(/revenue at risk/);
    expect(text).toMatch(/ExpectedActual\s*Conversion[\d.]+%[\d.]+%/);
    expect(text).toMatch(/Price band.*Change/);
  }
}, 300_000);

test.each([
  [['--from', 'sample.duckdb', '--out', 'x.html'], /--from sample.duckdb: duckdb:FILE was expected/],
  [
    ['--from', 'duckdb:FOLDER/none.duckdb', '--out', 'FOLDER/x.html'],
    /cannot read .*none.duckdb: no such file/,
  ],
  [['--from', 'duckdb:FOLDER/text.duckdb', '--out', 'FOLDER/x.html'], /text.duckdb: it is not a DuckDB file/],
  [['--from', 'duckdb:FOLDER/sample.duckdb'], /--out is missing/],
  [['--out', 'FOLDER/x.html'], /--from is missing/],
  [
    ['--from', 'duckdb:FOLDER/sample.duckdb', '--out', 'FOLDER/x.pdf'],
    /x.pdf: a file ending in .html was expected/,
  ],
  [
    ['--from', 'duckdb:FOLDER/sample.duckdb', '--out', 'FOLDER/no/x.html'],
    /--out .*no\/x.html: cannot write it, no such file or directory/,
  ],
  [
    ['--from', 'duckdb:FOLDER/sample.duckdb', '--out', 'FOLDER/folder.html'],
    /--out .*folder.html: cannot write it, is a directory/,
  ],
  [
    ['--from', 'duckdb:FOLDER/sample.duckdb', '--out', 'FOLDER/x.html', '--since', 'June'],
    /--since June: a day like 2026-01-31/,
  ],
  [
    ['--from', 'duckdb:FOLDER/sample.duckdb', '--out', 'FOLDER/x.html', '--until', '2026-02-30'],
    /--until 2026-02-30: a day like/,
  ],
  [
    [
      '--from',
      'duckdb:FOLDER/sample.duckdb',
      '--out',
      'FOLDER/x.html',
      '--since',
      '2026-02-02',
      '--until',
      '2026-02-01',
    ],
    /--since 2026-02-02 is after --until 2026-02-01/,
  ],
])('%j is one message', async (args, message) => {
  writeFileSync(join(folder, 'text.duckdb'), 'x'.repeat(5000));
  mkdirSync(join(folder, 'folder.html'), { recursive: true });
  const { code, stdout, stderr } = await funnelpulse(
    'report',
    ...args.map((arg) => arg.replace('FOLDER', folder)),
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect(existsSync(join(folder, 'x.html'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});
