/** Patterns of object names mean what they mean on a disk: compared with fast-glob over the same names as files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import fastGlob from 'fast-glob';
import { isPattern, literalPrefix, patternExpression } from '../../../io/gcs/wildcard';

const NAMES = [
  'a',
  'b',
  'ab',
  'ba',
  'a.b',
  '.a',
  'a-b',
  'c/a',
  'c/b',
  'c/ab',
  'c/a.b',
  'c/d/a',
  'c/d/ab',
  'c/d/e/b',
  'ca/b',
  'ac/.b/a',
  'ü',
  'c/ü',
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'funnelpulse-wildcard-'));
  for (const name of NAMES) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const matched = (pattern: string): string[] =>
  NAMES.filter((name) => patternExpression(pattern).test(name)).sort();

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'ü', '.');
const token = fc.oneof(
  { weight: 3, arbitrary: word },
  fc.constantFrom('*', '?', '[ab]', '[!a]', '[a-c]', '[^b-e]', '{a,b}', '{ab,c}', '{a,{b,c}}', '{a*,b}'),
);
const part = fc.oneof(
  { weight: 4, arbitrary: fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join('')) },
  { weight: 1, arbitrary: fc.constant('**') },
);
const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

test('any pattern matches the names that it matches as files', () => {
  fc.assert(
    fc.property(pattern, (text) => {
      // fast-glob's `a/**` also matches a file called a, its `a**b` stays within a part, and its `?/a` and `c?/b` match nothing.
      fc.pre(!text.includes('?/'));
      fc.pre(isPattern(text) && !/\*{2}($|[^/])|[^/]\*{2}/.test(text) && !/(^|\/)\.\.?(\/|$)/.test(text));
      expect({ text, names: matched(text) }).toEqual({
        text,
        names: fastGlob.sync(text, { cwd: folder, dot: true, suppressErrors: true }).sort(),
      });
    }),
    { numRuns: 1500 },
  );
});

test('what matches begins with the literal prefix', () => {
  fc.assert(
    fc.property(pattern, (text) => {
      for (const name of matched(text)) expect(name.startsWith(literalPrefix(text))).toBe(true);
    }),
  );
});

test.each([
  ['2019-*.csv', '2019-Oct.csv', true],
  ['2019-*.csv', '2019-Oct/a.csv', false],
  ['raw/**', 'raw/a/b.csv', true],
  ['raw**.csv', 'raw/a/b.csv', true],
  ['a[', 'a[', true],
  ['a{b', 'a{b', true],
  ['a{b}*', 'a{b}c', true],
  ['a[z-a]*', 'a[z-a]c', true],
  ['\\*a*', '*ab', true],
  ['\\*a*', 'bab', false],
  ['?.csv', '😀.csv', true],
  ['a?b', 'a\nb', true],
  ['[]a]b', ']b', true],
  ['a.c*', 'abc', false],
  ['a+(b)*', 'a+(b)c', true],
])('%j and %j: %s', (text, name, expected) => {
  expect(patternExpression(text).test(name)).toBe(expected);
});

test('a prefix ends where a pattern begins', () => {
  expect(literalPrefix('raw/2019-*.csv')).toBe('raw/2019-');
  expect(literalPrefix('raw/a\\*b*')).toBe('raw/a');
  expect(literalPrefix('{a,b}/c')).toBe('');
  expect(literalPrefix('plain')).toBe('plain');
});
