/** A dataset becomes a stream's own, with all tables, before the stream reads anything. */
import {
  type LedgerRow,
  pipelineLedger,
  runs,
  STREAM_TABLES,
  silverEvents,
  TABLES,
} from '../../../schema/tables';
import { InputError } from '../../input_error';
import { refuseOther } from '../../stream_owner';
import { createViews, dropTables, emptyTables, prepareTables, tableMetadata } from '../dataset';
import { type DatasetName, qualified, textOf } from '../dataset_name';
import { type JobPlace, queryRows } from '../jobs';
import { readOwner } from '../owner';

export interface Claim {
  readonly stateId: string;
  /** Commits that the state holds: one that has some must find its own dataset. */
  readonly commits: number;
  /** Take the dataset over where it is another's, and empty it. */
  readonly replace: boolean;
}

/** What a stream finds in its dataset. */
export interface Claimed {
  /** Watermark that was reached before, milliseconds; null where the dataset is new to the stream. */
  readonly watermark: number | null;
  /** The books that it goes on from. */
  readonly ledger: LedgerRow[];
}

/**
 * Makes what is missing, and what the stream needs.
 *
 * @throws {InputError} where the dataset belongs to another stream or to a batch run, lacks what the state has written before, or has tables that are not as declared
 */
export async function claimDataset(place: JobPlace, dataset: DatasetName, claim: Claim): Promise<Claimed> {
  const owner = await readOwner(place, dataset);
  const isOwn = owner?.mode === 'streaming' && owner.stateId === claim.stateId;
  const claimant = { ...claim, output: `bigquery:${textOf(dataset)}`, kind: 'dataset' as const };
  if (!isOwn && !claim.replace) await refuseOther(claimant, owner, () => tableWithRows(place, dataset));
  // Rows that were streamed can't be deleted by a statement.
  if (!isOwn && claim.replace && owner?.mode === 'streaming') await dropTables(place, dataset);
  await prepareTables(place, dataset, [silverEvents.name]);
  await refuseWithoutKeys(place, dataset);
  if (!isOwn && claim.replace && owner?.mode !== 'streaming') await emptyTables(place, dataset);
  await createViews(place, dataset);
  return isOwn
    ? { watermark: owner.watermark, ledger: await readLedger(place, dataset) }
    : { watermark: null, ledger: [] };
}

/** A table that has rows, in words. */
async function tableWithRows(place: JobPlace, dataset: DatasetName): Promise<string | null> {
  for (const { name } of TABLES) {
    if ((await tableMetadata(place.client, dataset, name)) === null) continue;
    const rows = await queryRows(place, `SELECT 1 FROM ${qualified(dataset, name)} LIMIT 1`);
    if (rows.length > 0) return `a table ${name} with rows`;
  }
  return null;
}

/** BigQuery takes upserts into tables with primary keys only, and says so row by row. */
async function refuseWithoutKeys({ client }: JobPlace, dataset: DatasetName): Promise<void> {
  const wrong = await Promise.all(
    [...STREAM_TABLES, runs].map(async ({ name, key }) => {
      const metadata = await tableMetadata(client, dataset, name);
      const { columns = [] } = metadata?.tableConstraints?.primaryKey ?? {};
      if (columns.join() === key.join()) return null;
      return `${name} has ${columns.length === 0 ? 'no primary key' : `the primary key (${columns.join(', ')})`} instead of (${key.join(', ')})`;
    }),
  );
  const differences = wrong.filter((each) => each !== null);
  if (differences.length > 0)
    throw new InputError(
      `cannot write to bigquery:${textOf(dataset)}: a stream needs the declared primary keys. ${differences.join('. ')}. Alter the tables, rename them, or choose another dataset`,
    );
}

async function readLedger(place: JobPlace, dataset: DatasetName): Promise<LedgerRow[]> {
  const { window_start: _, ...others } = pipelineLedger.columns;
  const columns = Object.keys(others).map((name) => `\`${name}\``);
  const rows = await queryRows(
    place,
    `SELECT UNIX_MILLIS(window_start) AS window_start, ${columns.join(', ')} FROM ${qualified(dataset, pipelineLedger.name)}`,
  );
  return rows as unknown as LedgerRow[];
}
