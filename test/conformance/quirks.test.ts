/** docs/conformance.md lists all that is not held against Java's answer. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Case, readCases } from './case_format';
import { quirkTable } from './quirks';
import { refusedByName } from './refusals';

const cases = readCases(path.join(__dirname, 'cases'));
const page = readFileSync(path.join(__dirname, '../../docs/conformance.md'), 'utf8');

test('every answer of the model that differs from Java stands in the page', () => {
  // To refresh it: node test/conformance/run.js --quirks test/conformance/cases
  expect(page).toContain(quirkTable(cases));
});

test.each<[string, (c: Case) => boolean]>([
  [
    'have an empty on-time pane or not',
    ({ quirks = [] }) => quirks.includes('empty-on-time-by-another-timer'),
  ],
  ['are races', ({ unstable }) => unstable !== undefined],
  ['are refused by name', (c) => c.expectedError === undefined && refusedByName(c) !== undefined],
  ['are refused by Java', ({ expectedError }) => expectedError !== undefined],
])('cases that %s are named', (_what, applies) => {
  const names = cases.filter(applies).map(({ name }) => name);
  expect(names).not.toHaveLength(0);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
});

test('where Java is wrong, the model has an answer, or the case is refused', () => {
  const wrong = cases.filter(({ quirks = [] }) =>
    quirks.some((quirk) => quirk !== 'empty-on-time-by-another-timer'),
  );
  const open = wrong.filter((c) => c.model === undefined && refusedByName(c) === undefined);
  expect(open.map(({ name }) => name)).toEqual([]);
});
