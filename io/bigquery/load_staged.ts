/** Staged rows → staging tables in the dataset, by load jobs. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bigquerySchema } from '../../schema/bigquery';
import { DAY_MS } from '../../schema/events';
import type { Table } from '../../schema/table';
import type { Staged } from '../staging/stage_rows';
import { createTable } from './dataset';
import type { DatasetName } from './dataset_name';
import { idText, type JobPlace } from './jobs';
import { jsonRows } from './json_rows';
import { type LoadingRun, runLoad } from './load_job';
import { loadObjects } from './objects/load_objects';

/** Bytes of staged blocks that one load job takes: few jobs, since a project has a number of them a day, and not so large that one that is repeated costs much. */
const PART_BYTES = 256 << 20;

/** The name of a table's staging table. */
export function stagingTable(table: string, runId: string): string {
  return `staging_${table}_${idText(runId)}`;
}

/**
 * Loads the staged files of a table into its staging table, which is made for that and expires after a day, whatever becomes of the run. Doing it again loads nothing twice: a part's job has an id of
 * run, table and part.
 */
export async function loadStaged(
  place: JobPlace,
  dataset: DatasetName,
  run: LoadingRun,
  table: Table,
  staged: readonly Staged[],
): Promise<void> {
  const name = stagingTable(table.name, run.runId);
  const fields = bigquerySchema(table);
  await createTable(place.client, dataset, name, {
    description: `Rows of the run ${run.runId} on their way to ${table.name}`,
    schema: { fields },
    expirationTime: String(Date.now() + DAY_MS),
  });
  if (run.folder === null) return loadObjects(place, dataset, run, { table, into: name }, staged);
  const target = place.client.dataset(dataset.dataset).table(name, { location: place.location });
  for (const [number, part] of partsOf(staged).entries()) {
    if (run.signal.aborted) return;
    const file = path.join(run.folder, `${name}-${number}.json`);
    try {
      writeRows(table, part, file);
      await runLoad(place, table, `funnelpulse_${idText(run.runId)}_${table.name}_${number}`, (jobId) =>
        target.createLoadJob(file, {
          jobId,
          schema: { fields },
          sourceFormat: 'NEWLINE_DELIMITED_JSON',
          createDisposition: 'CREATE_NEVER',
          writeDisposition: 'WRITE_APPEND',
          maxBadRecords: 0,
        }),
      );
    } finally {
      fs.rmSync(file, { force: true });
    }
    run.onLoaded(part.reduce((sum, { rows }) => sum + rows, 0));
  }
}

/** The files in the order of their keys, cut into parts: always the same ones for the same files, as their jobs' ids want it. */
function partsOf(staged: readonly Staged[]): Staged[][] {
  const parts: Staged[][] = [];
  let room = 0;
  for (const each of staged.toSorted(inOrder)) {
    const { size } = fs.statSync(each.file);
    if (parts.length === 0 || room < size) {
      parts.push([]);
      room = PART_BYTES;
    }
    parts.at(-1)!.push(each);
    room -= size;
  }
  return parts;
}

function inOrder(a: Staged, b: Staged): number {
  const [x, y] = a.first === b.first ? [a.file, b.file] : [a.first, b.first];
  return x < y ? -1 : x > y ? 1 : 0;
}

function writeRows(table: Table, staged: readonly Staged[], file: string): void {
  const descriptor = fs.openSync(file, 'w', 0o600);
  try {
    for (const { file: blocks } of staged) {
      for (const lines of jsonRows(table, fs.readFileSync(blocks))) fs.writeFileSync(descriptor, lines);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
