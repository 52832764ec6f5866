/** Runs a case on the local runner, and judges what came of it. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import { runLocally } from '../../runners/local';
import type { Case, Pane, Sighting } from './case_format';
import { compare, type Difference, type Observed } from './compare';
import { type Grouping, pipelineOf } from './graph';
import { judgeRefusal, type Refusal, refusalOf } from './refusals';

export const REGISTERED = path.join(__dirname, 'registered.js');

export interface Verdict extends Difference {
  readonly observed?: Observed;
  readonly refusal?: Refusal;
}

/** A line that the run's graph or its observer wrote. */
type Line = { event: number } | (Pane & { stage: number }) | Sighting;

/** Runs the case in this thread (`workers` 0) or on worker threads of the built program; its groupings as they are, or as combines. Passed if there are no problems. */
export async function runCase(c: Case, workers: number, grouping: Grouping = 'by key'): Promise<Verdict> {
  const folder = mkdtempSync(path.join(tmpdir(), 'funnelpulse-conformance-'));
  try {
    const file = path.join(folder, 'panes.ndjson');
    writeFileSync(file, '');
    let pipeline: runnerApi.Pipeline;
    try {
      pipeline = pipelineOf(c, file, grouping);
    } catch (error) {
      return refused(c, refusalOf(error, true));
    }
    const dropped = { late: 0, closed: 0 };
    try {
      await runLocally(pipeline, {
        workers,
        registration: [REGISTERED],
        liftCombines: false,
        onDropped: ({ reason }) => {
          dropped[reason]++;
        },
        onEvent: (event) => appendFileSync(file, `${JSON.stringify({ event })}\n`),
        unsafeTriggers: c.bypassTriggerGuard === true,
      });
    } catch (error) {
      return refused(c, refusalOf(error, false));
    }
    const observed = {
      ...rowsOf(c, readFileSync(file, 'utf8')),
      droppedDueToLateness: dropped.late,
      droppedDueToClosedWindow: dropped.closed,
    };
    if (c.expectedError === undefined) return { ...compare(c, observed), observed };
    return { problems: ['runs where Java refuses'], misplaced: [], allowances: [], observed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function refused(c: Case, refusal: Refusal): Verdict {
  return { problems: judgeRefusal(c, refusal), misplaced: [], allowances: [], refusal };
}

/** The lines of a run. Those between the markers of two events came out after the later one. */
export function rowsOf(c: Case, text: string): Pick<Observed, 'stages' | 'sightings'> {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  const hasMarkers = lines.some((line) => 'event' in line);
  const stages: Pane[][] = Array.from(
    { length: c.kind === 'sideInput' ? 0 : (c.stages?.length ?? 1) },
    () => [],
  );
  const sightings: Sighting[] = [];
  let afterEvent = 0;
  for (const line of lines) {
    if ('event' in line) {
      afterEvent = line.event + 1;
    } else if ('side' in line) {
      sightings.push({ ...line, ...(hasMarkers && { afterEvent }) });
    } else {
      const { stage, ...pane } = line;
      stages[stage].push({ ...pane, ...(hasMarkers && { afterEvent }) });
    }
  }
  return { stages, sightings };
}
