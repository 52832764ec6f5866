/** The built dashboard: small, of this package alone, and with nothing in it that the server's policy would refuse. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { attribute, documentOf } from '../serving/report/html_document';

const BUILT = join(__dirname, '../../dist/dashboard');
const MOST_BYTES = 250_000;

function files(): string[] {
  return readdirSync(BUILT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

test(`all of it is less than ${MOST_BYTES / 1000} kB, compressed`, () => {
  const bytes = files()
    .filter((file) => !file.endsWith('.md'))
    .map((file) => gzipSync(readFileSync(file)).length);
  expect(bytes.length).toBeGreaterThan(3);
  const sum = bytes.reduce((a, b) => a + b);
  process.stderr.write(`The dashboard has ${Math.round(sum / 1000)} kB, compressed\n`);
  expect(sum).toBeLessThan(MOST_BYTES);
});

test('files are named by what is in them, but for the page and the licences of its packages', () => {
  const names = files().map((file) => file.slice(BUILT.length + 1));
  expect(names).toEqual(expect.arrayContaining(['index.html', 'licenses.md']));
  expect(names.filter((name) => name.includes('/') && !/^assets\/\w+-[\w-]{8}\.\w+$/.test(name))).toEqual([]);
});

test('the page has nothing inline and nothing of others', () => {
  const { elements } = documentOf(readFileSync(join(BUILT, 'index.html'), 'utf8'));
  const linked = elements.flatMap((element) =>
    ['src', 'href'].map((name) => attribute(element, name)).filter((value) => value !== undefined),
  );
  expect(linked.length).toBe(3);
  expect(linked.filter((url) => !/^\/assets\/[\w.-]+$/.test(url ?? ''))).toEqual([]);
  const scripts = elements.filter(({ tagName }) => tagName === 'script');
  expect(scripts.map((script) => script.childNodes.length)).toEqual([0]);
  expect(elements.filter(({ tagName }) => tagName === 'style')).toEqual([]);
  for (const element of elements)
    for (const name of ['style', 'onclick', 'onload']) expect(attribute(element, name)).toBeUndefined();
});

test('scripts make no code of texts', () => {
  const scripts = files().filter((file) => file.endsWith('.js'));
  expect(scripts).not.toHaveLength(0);
  for (const file of scripts) expect(readFileSync(file, 'utf8')).not.toMatch(/\beval\(|new Function\(/);
});
