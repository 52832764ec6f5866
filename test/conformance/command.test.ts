/** The command that `make conformance` runs: what it prints, and what it ends with. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Case, Pane } from './case_format';

let folder: string;
let right: Case;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'funnelpulse-conformance-'));
  right = JSON.parse(readFileSync(path.join(__dirname, 'cases/named/fixed-offset.json'), 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { status: number | null; out: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(__dirname, 'run.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, out: stdout, errors: stderr };
}

function written(name: string, ...cases: Case[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, cases.map((c) => `${JSON.stringify(c)}\n`).join(''));
  return file;
}

test('ends with 0 where no case differs', () => {
  expect(run(written('right.ndjson', right, right))).toMatchObject({
    status: 0,
    out: '2 cases, 0 different\n',
  });
});

test('ends with 1 where one differs, and prints what was expected beside what came', () => {
  const [first, ...rest] = right.expected as Pane[];
  const wrong = { ...right, name: 'changed', expected: [{ ...first, values: [99] }, ...rest] };
  const { status, out } = run(written('wrong.ndjson', right, wrong));
  expect(status).toBe(1);
  expect(out).toMatch(/✗ values: .*\[1\].* instead of .*\[99\]/);
  expect(out).toMatch(/\[99\] at 9999 ON_TIME #0\/0 first last .* <\n/);
  expect(out).toMatch(/> a \[-50000, 10000\) \[1\] at 9999 ON_TIME #0\/0 first last/);
  expect(out).toMatch(/1 different:\n {2}changed\n2 cases, 1 different\n$/);
});

test('ends with 2 where there is nothing to run', () => {
  expect(run(path.join(folder, 'none'))).toMatchObject({ status: 2 });
  expect(run(written('empty.ndjson')).errors).toContain('There are no cases');
  expect(run('--workers', 'x', folder).status).toBe(2);
});
