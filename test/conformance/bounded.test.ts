/**
 * Cases whose windows fire once, at their end, on bounded input: on the SDK's DirectRunner, which knows no triggers, no lateness and no unbounded input, and on our own runner's way for bounded
 * input. Which cases are left out, and why, is printed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { runDirect } from '../../runners/direct';
import { runLocally } from '../../runners/local';
import { type BoundedRunner, boundedPipelineOf, skipReason } from './bounded';
import { type Case, type Pane, readCases } from './case_format';
import { canonical } from './compare';
import { REGISTERED, rowsOf } from './run_case';

const cases = readCases(path.join(__dirname, 'cases'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'funnelpulse-conformance-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The panes, without what bounded input says otherwise: it knows no early or late, and the first pane is the last. */
async function panes(
  c: Case,
  run: (pipeline: runnerApi.Pipeline) => Promise<unknown>,
): Promise<[all: Pane[], texts: string[]]> {
  const file = path.join(folder, c.name);
  writeFileSync(file, '');
  await run(boundedPipelineOf(c, file));
  const [all] = rowsOf(c, readFileSync(file, 'utf8')).stages;
  return [all as Pane[], texts(all as Pane[])];
}

function texts(all: readonly Pane[]): string[] {
  return all
    .map(({ key, window, values, timestamp }) => canonical({ key, window, values, timestamp }))
    .sort();
}

function chosen(runner: BoundedRunner): (readonly [string, Case])[] {
  return cases.filter((c) => skipReason(c, runner) === undefined).map((c) => [c.name, c] as const);
}

function skipped(name: string, runner: BoundedRunner): void {
  const reasons = new Map<string, number>();
  for (const c of cases) {
    const reason = skipReason(c, runner);
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const lines = [...reasons].map(([reason, count]) => `  ${count}: ${reason}\n`);
  process.stdout.write(`Cases not run on ${name}:\n${lines.join('')}`);
}

describe("the SDK's DirectRunner", () => {
  const runner = { mergesWindows: false, combinesTimestamps: false };
  beforeAll(() => skipped("the SDK's DirectRunner", runner));

  test('has cases to run', () => expect(chosen(runner).length).toBeGreaterThanOrEqual(20));

  test.each(chosen(runner))('%s', async (_name, c) => {
    const [, came] = await panes(c, runDirect);
    expect(came).toEqual(texts(c.expected as Pane[]));
  });
});

describe('the local runner on bounded input', () => {
  const runner = { mergesWindows: true, combinesTimestamps: true };
  beforeAll(() => skipped('bounded input', runner));

  test('has cases to run', () => expect(chosen(runner).length).toBeGreaterThanOrEqual(30));

  test.each(chosen(runner))('%s', async (_name, c) => {
    const options = { workers: 0, registration: [REGISTERED], unsafeTriggers: c.bypassTriggerGuard === true };
    const [all, came] = await panes(c, (pipeline) => runLocally(pipeline, options));
    expect(came).toEqual(texts(c.expected as Pane[]));
    for (const pane of all) {
      expect(pane).toMatchObject({
        timing: 'ON_TIME',
        index: 0,
        onTimeIndex: 0,
        isFirst: true,
        isLast: true,
      });
    }
  });
});
