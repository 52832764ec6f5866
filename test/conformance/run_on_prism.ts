/** Runs a case on Prism, and judges what came of it: panes and sightings as on the local runner. How many elements were dropped, and at which event a pane came, Prism doesn't say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { runPortable } from '../../runners/portable';
import type { Case } from './case_format';
import { answerOf, compare } from './compare';
import { pipelineOf } from './graph';
import { rowsOf } from './run_case';

/** A job that has not ended by then never does: the longest of those that do takes a second. */
const MOST_MS = 20_000;

export interface PrismVerdict {
  /** `fails`: the graph can't be built, Prism refuses it, or the job fails or never ends. */
  readonly result: 'same' | 'different' | 'fails';
  /** What differs, in one line each, or why it fails. */
  readonly problems: readonly string[];
}

export async function runOnPrism(c: Case, endpoint: string): Promise<PrismVerdict> {
  const folder = mkdtempSync(path.join(tmpdir(), 'funnelpulse-conformance-'));
  try {
    const file = path.join(folder, 'panes.ndjson');
    writeFileSync(file, '');
    await runPortable(pipelineOf(c, file), { endpoint, signal: AbortSignal.timeout(MOST_MS) });
    if (c.expectedError !== undefined) return { result: 'different', problems: ['runs where Java refuses'] };
    const { droppedDueToLateness = 0, droppedDueToClosedWindow = 0 } = answerOf(c);
    const rows = rowsOf(c, readFileSync(file, 'utf8'));
    const { problems } = compare(c, { ...rows, droppedDueToLateness, droppedDueToClosedWindow });
    return { result: problems.length === 0 ? 'same' : 'different', problems };
  } catch (error) {
    return { result: 'fails', problems: [(error as Error).message] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
