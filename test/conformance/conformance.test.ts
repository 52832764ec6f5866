/** Every case of Apache's on our local runner; see README.md. */
import * as path from 'node:path';
import { type Case, readCases } from './case_format';
import type { Grouping } from './graph';
import { runCase } from './run_case';
import { explain } from './side_by_side';

const CASES = path.join(__dirname, 'cases');
const named = readCases(path.join(CASES, 'named'));
const random = readCases(path.join(CASES, 'random'));
const misplaced: string[] = [];

async function check(c: Case, workers: number, grouping: Grouping = 'by key'): Promise<void> {
  const verdict = await runCase(c, workers, grouping);
  if (verdict.problems.length > 0) throw new Error(explain(c, verdict));
  if (verdict.misplaced.length > 0) misplaced.push(c.name);
}

afterAll(() => {
  if (misplaced.length === 0) return;
  process.stdout.write(`Panes came out after another event than Java's in ${misplaced.join(', ')}\n`);
});

test('the cases are all there', () => {
  expect(named.length).toBeGreaterThanOrEqual(298);
  expect(random.length).toBeGreaterThanOrEqual(320);
});

describe('named cases, in the calling thread', () => {
  test.each(named.map((c) => [c.name, c] as const))('%s', (_name, c) => check(c, 0));
});

describe('random cases, in the calling thread', () => {
  test.each(random.map((c) => [c.name, c] as const))('%s', (_name, c) => check(c, 0));
});

describe('all of them with combines that keep accumulators', () => {
  test.each([...named, ...random].map((c) => [c.name, c] as const))('%s', (_name, c) =>
    check(c, 0, 'combines'),
  );
});

/** Of every kind, and of the random ones every twentieth: starting threads takes longer than most cases. */
const onThreads = [
  ...named.filter((_, i) => i % 13 === 0),
  ...named.filter(({ kind }) => kind !== undefined).filter((_, i) => i % 9 === 0),
  ...random.filter((_, i) => i % 20 === 0),
];

describe('a spread of them on two worker threads', () => {
  test.each([...new Set(onThreads)].map((c) => [c.name, c] as const))('%s', (_name, c) => check(c, 2));
});
