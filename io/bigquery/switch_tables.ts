/**
 * The last step of a batch run: staged rows become the tables of a dataset. They are loaded into staging tables first; then one transaction empties the tables and fills them from there. Readers
 * see the old run or the new one; a run that is stopped before, at any point, leaves the old one.
 *
 * Within a transaction BigQuery makes and drops no tables, so that what is missing is made before, and tables that the run doesn't write are emptied. It changes at most 4,000 partitions of a table in one
 * statement: a table of more days than that is refused.
 */
import pLimit from 'p-limit';
import { bigquerySchema } from '../../schema/bigquery';
import type { Table } from '../../schema/table';
import { runs, TABLES } from '../../schema/tables';
import { InputError } from '../input_error';
import type { RunIdentity } from '../run_identity';
import type { Staged } from '../staging/stage_rows';
import { openBigquery } from './client';
import { createViews, dropTables, openDataset, prepareTables, tableMetadata } from './dataset';
import { type DatasetName, qualified, textOf } from './dataset_name';
import { type JobPlace, queryRows, runJob, switchJob } from './jobs';
import { giveLeaseBack, holderOf, keepLease, LEASE_TABLE, takeLease } from './lease';
import type { LoadingRun, LoadProgress } from './load_job';
import { loadStaged, stagingTable } from './load_staged';
import { readOwner } from './owner';
import { publishedCounts } from './published';
import { isConflict, outputError } from './service_error';

/** Plain JSON, to travel in a graph: no credentials, which are those of where it runs. */
export interface SwitchOptions {
  readonly dataset: DatasetName;
  /** Where the dataset is made if it is missing, and has to be; null: BigQuery's default, or wherever it is. */
  readonly location: string | null;
  /** The run's own directory, for what is being sent; null where rows are staged in Cloud Storage. */
  readonly staging: string | null;
  readonly run: RunIdentity;
  /** Tables that this run doesn't write: silver_events unless asked for. They are emptied, since they would show another run. */
  readonly omit: readonly string[];
}

/** Rows per table. */
export type TableCounts = Record<string, number>;

/** Tables that are loaded at a time. */
const AT_ONCE = 3;
const LEASE_LOST = 'the lease of this run is another run’s now';

/**
 * Replaces all tables of the dataset by the staged rows. Running it again with the same staged rows changes nothing, also when the first time was cut off anywhere.
 *
 * @throws {InputError} where another run holds the dataset, a table is not as declared, or the service refuses what is asked
 */
export async function switchTables(
  staged: readonly Staged[],
  options: SwitchOptions,
  onLoaded: LoadProgress = () => {},
): Promise<TableCounts> {
  const { dataset, location, run } = options;
  try {
    const place = await openDataset(openBigquery(dataset.project), dataset, location);
    const before = await publishedCounts(place, dataset, run.run_id);
    if (before !== null) return before.tables;
    const holder = holderOf(run.run_id);
    await takeLease(place, dataset, holder);
    const { stop } = keepLease(place, dataset, holder);
    try {
      return await load(place, staged, options, onLoaded);
    } finally {
      stop();
      await giveLeaseBack(place, dataset, run.run_id).catch(() => {});
    }
  } catch (error) {
    throw outputError(dataset, error);
  }
}

async function load(
  place: JobPlace,
  staged: readonly Staged[],
  { dataset, run, omit, staging }: SwitchOptions,
  onLoaded: LoadProgress,
): Promise<TableCounts> {
  await prepareTables(place, dataset, omit);
  await createViews(place, dataset);
  const written: readonly Table[] = TABLES.filter(({ name }) => !omit.includes(name));
  const counts: TableCounts = {};
  const full: StagedTable[] = [];
  for (const table of written) {
    const parts = staged.filter((part) => part.table === table.name);
    counts[table.name] = parts.reduce((sum, { rows }) => sum + rows, 0);
    if (parts.length > 0) full.push({ table, parts });
  }
  const sources = full.map(({ table }) => table);
  try {
    await loadTables(place, dataset, { runId: run.run_id, folder: staging, onLoaded }, full);
    // Streamed rows are nothing that a statement could delete: such tables are made anew. It is what --replace has asked for; without it the run has been refused before.
    if ((await readOwner(place, dataset))?.mode === 'streaming') {
      await dropTables(place, dataset);
      await prepareTables(place, dataset, omit);
    }
    const emptied = await presentTables(place, dataset, omit);
    await publish(place, dataset, run, { written, emptied, sources, counts });
    return counts;
  } finally {
    await removeStagingTables(place, dataset, run.run_id, sources);
  }
}

interface StagedTable {
  readonly table: Table;
  readonly parts: readonly Staged[];
}

/** Loads some tables at a time. Where one fails, no other begins, and what is under way is waited for: a staging table that is made behind the removal of all would stay. */
async function loadTables(
  place: JobPlace,
  dataset: DatasetName,
  run: Omit<LoadingRun, 'signal'>,
  tables: readonly StagedTable[],
): Promise<void> {
  const failure = new AbortController();
  const { signal } = failure;
  const limit = pLimit(AT_ONCE);
  const loads = tables.map(({ table, parts }) =>
    limit(async () => {
      if (!signal.aborted) await loadStaged(place, dataset, { ...run, signal }, table, parts);
    }).catch((error) => failure.abort(error)),
  );
  await Promise.all(loads);
  signal.throwIfAborted();
}

async function presentTables(
  place: JobPlace,
  dataset: DatasetName,
  names: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(names.map((name) => tableMetadata(place.client, dataset, name)));
  return names.filter((_, index) => found[index] !== null);
}

interface Contents {
  readonly written: readonly Table[];
  /** Names of tables that are there and that the run doesn't write. */
  readonly emptied: readonly string[];
  /** Tables that have rows to take from their staging tables. */
  readonly sources: readonly Table[];
  readonly counts: TableCounts;
}

async function publish(
  place: JobPlace,
  dataset: DatasetName,
  run: RunIdentity,
  contents: Contents,
): Promise<void> {
  const { client, location } = place;
  const books = await ledgerSums(place, dataset, run.run_id, contents.sources);
  const query = switchStatements(dataset, run.run_id, contents).join(';\n');
  const params = {
    run_id: run.run_id,
    mode: run.mode,
    input: run.input,
    options: run.options,
    counts: JSON.stringify({ ...books, tables: contents.counts }),
    lateness: run.allowed_lateness_ms,
    started: run.started_at,
    finished: Date.now(),
  };
  try {
    await runJob(
      place,
      switchJob(run.run_id),
      (jobId) => client.createQueryJob({ query, params, location, jobId }),
      isConflict,
    );
  } catch (error) {
    if (error instanceof Error && error.message.includes(LEASE_LOST))
      throw new InputError(
        `cannot write to bigquery:${textOf(dataset)}: this run stood still for so long that another one took the dataset over. The tables are as they were. Run it again`,
      );
    throw error;
  }
}

/** The transaction: lease and staging tables are looked at in the same snapshot that the tables are changed in. */
export function switchStatements(
  dataset: DatasetName,
  runId: string,
  { written, emptied, sources, counts }: Contents,
): string[] {
  const name = (table: string): string => qualified(dataset, table);
  const source = (table: Table): string => name(stagingTable(table.name, runId));
  return [
    'BEGIN TRANSACTION',
    `ASSERT EXISTS (SELECT 1 FROM ${name(LEASE_TABLE)} WHERE run_id = @run_id) AS '${LEASE_LOST}'`,
    ...sources.map(
      (table) =>
        `ASSERT (SELECT COUNT(*) FROM ${source(table)}) = ${counts[table.name]} AS 'the staging table of ${table.name} does not hold the rows that were staged'`,
    ),
    ...[...written.map((table) => table.name), ...emptied].map(
      (table) => `DELETE FROM ${name(table)} WHERE TRUE`,
    ),
    ...sources.map((table) => {
      const columns = bigquerySchema(table)
        .map((field) => `\`${field.name}\``)
        .join(', ');
      return `INSERT INTO ${name(table.name)} (${columns}) SELECT ${columns} FROM ${source(table)}`;
    }),
    [
      `INSERT INTO ${name(runs.name)} (run_id, mode, input, options, counts, allowed_lateness_ms, status, started_at, finished_at)`,
      `SELECT @run_id, @mode, @input, PARSE_JSON(@options), PARSE_JSON(@counts), @lateness, 'done', TIMESTAMP_MILLIS(@started), TIMESTAMP_MILLIS(@finished)`,
      `FROM (SELECT 1) WHERE NOT EXISTS (SELECT 1 FROM ${name(runs.name)} WHERE run_id = @run_id)`,
    ].join('\n'),
    'COMMIT TRANSACTION',
  ];
}

/** The run's books, as `runs` has them. */
async function ledgerSums(
  place: JobPlace,
  dataset: DatasetName,
  runId: string,
  sources: readonly Table[],
): Promise<Record<string, number>> {
  const names = ['read', 'counted', 'duplicates', 'rejected'];
  const none = Object.fromEntries(names.map((name) => [name, 0]));
  const ledger = sources.find(({ name }) => name === 'pipeline_ledger');
  if (ledger === undefined) return none;
  const sums = names.map((name) => `SUM(\`${name}\`) AS \`${name}\``).join(', ');
  const [row] = await queryRows(
    place,
    `SELECT ${sums} FROM ${qualified(dataset, stagingTable(ledger.name, runId))}`,
  );
  return Object.fromEntries(names.map((name) => [name, Number(row?.[name] ?? 0)]));
}

/** Staging tables expire by themselves, too: what can't be removed now is gone tomorrow. */
async function removeStagingTables(
  { client }: JobPlace,
  { dataset }: DatasetName,
  runId: string,
  tables: readonly Table[],
): Promise<void> {
  await Promise.all(
    tables.map(({ name }) =>
      client
        .dataset(dataset)
        .table(stagingTable(name, runId))
        .delete({ ignoreNotFound: true })
        .catch(() => {}),
    ),
  );
}
