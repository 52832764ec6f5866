/** The dataset and its tables: made where they are missing, refused where they are not as declared. */
import type { BigQuery, TableMetadata } from '@google-cloud/bigquery';
import { bigqueryTable, bigqueryViews } from '../../schema/bigquery';
import type { Table } from '../../schema/table';
import { runs, TABLES } from '../../schema/tables';
import { viewStatements } from '../../schema/views';
import { InputError } from '../input_error';
import { findCredentials } from './client';
import { type DatasetName, qualified, textOf } from './dataset_name';
import { type JobPlace, queryRows } from './jobs';
import { schemaDrift } from './schema_drift';
import { isMissing, isThere } from './service_error';

/** Where a dataset is made that nobody has named a location for: BigQuery's own default. */
const DEFAULT_LOCATION = 'US';

/** Where the jobs of a dataset run; null where there is no such dataset. */
export async function findDataset(client: BigQuery, name: DatasetName): Promise<JobPlace | null> {
  await findCredentials(client);
  try {
    const [{ location }] = await client.dataset(name.dataset).getMetadata();
    return { client, location: String(location) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * Finds the dataset, or makes it, and returns where its jobs run.
 *
 * @param location where it has to be; null: wherever it is
 * @throws {InputError} where it is elsewhere
 */
export async function openDataset(
  client: BigQuery,
  name: DatasetName,
  location: string | null,
): Promise<JobPlace> {
  const place = (await findDataset(client, name)) ?? (await makeDataset(client, name, location));
  if (location !== null && location.toUpperCase() !== place.location.toUpperCase())
    throw new InputError(
      `cannot write to bigquery:${textOf(name)}: the dataset is in ${place.location}, not in ${location}. Leave --location out, or choose another dataset`,
    );
  return place;
}

async function makeDataset(client: BigQuery, name: DatasetName, location: string | null): Promise<JobPlace> {
  try {
    await client.createDataset(name.dataset, {
      location: location ?? DEFAULT_LOCATION,
      description: 'The funnel of an online shop, its anomalies and the books of the runs',
    });
  } catch (conflict) {
    // Another run made it a moment ago.
    if (!isThere(conflict)) throw conflict;
  }
  const [metadata] = await client.dataset(name.dataset).getMetadata();
  return { client, location: String(metadata.location) };
}

/** Makes the tables that are missing, but for those that the run doesn't write. Throws an {@link InputError} that names every difference where one is not as declared. */
export async function prepareTables(
  { client }: JobPlace,
  name: DatasetName,
  omit: readonly string[],
): Promise<void> {
  const found = await Promise.all(
    [...TABLES, runs].map(async (table: Table) => {
      const wanted = !omit.includes(table.name);
      return { table, wanted, metadata: await tableMetadata(client, name, table.name) };
    }),
  );
  const drifted = found.flatMap(({ table, wanted, metadata }) => {
    const differences = wanted && metadata !== null ? schemaDrift(table, metadata) : [];
    return differences.length > 0 ? [`${table.name}: ${differences.join('; ')}`] : [];
  });
  if (drifted.length > 0)
    throw new InputError(
      `cannot write to bigquery:${textOf(name)}: tables there are not as this version declares them. ${drifted.join('. ')}. Alter them, rename them, or choose another dataset`,
    );
  await Promise.all(
    found
      .filter(({ wanted, metadata }) => wanted && metadata === null)
      .map(({ table }) => createTable(client, name, table.name, bigqueryTable(table))),
  );
}

/** Makes a table, unless it is there. */
export async function createTable(
  client: BigQuery,
  { dataset }: DatasetName,
  table: string,
  metadata: TableMetadata,
): Promise<void> {
  try {
    await client.dataset(dataset).createTable(table, metadata);
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

/** What BigQuery says of a table; null where there is none. */
export async function tableMetadata(
  client: BigQuery,
  { dataset }: DatasetName,
  table: string,
): Promise<TableMetadata | null> {
  try {
    return (await client.dataset(dataset).table(table).getMetadata())[0];
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Makes the views of the dataset, or makes them anew. */
export async function createViews(place: JobPlace, name: DatasetName): Promise<void> {
  const statements = viewStatements(bigqueryViews((table) => qualified(name, table)));
  await queryRows(place, statements.join(';\n'));
}

/** Drops everything that a run writes, but not the account of earlier runs. Afterwards {@link prepareTables} makes it anew. */
export async function dropTables({ client }: JobPlace, { dataset }: DatasetName): Promise<void> {
  await Promise.all(
    TABLES.map(({ name }) => client.dataset(dataset).table(name).delete({ ignoreNotFound: true })),
  );
}

/** Deletes all rows that a run has written. Not for tables that rows are streamed to: BigQuery does not let a statement delete those. */
export async function emptyTables(place: JobPlace, name: DatasetName): Promise<void> {
  for (const table of TABLES)
    if ((await tableMetadata(place.client, name, table.name)) !== null)
      await queryRows(place, `DELETE FROM ${qualified(name, table.name)} WHERE TRUE`);
}
