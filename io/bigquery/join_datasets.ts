import { bigqueryViews } from '../../schema/bigquery';
import { JOINED_TABLES, joinedView } from '../../schema/views';
import { InputError } from '../input_error';
import { openBigquery } from './client';
import { findDataset, openDataset, tableMetadata } from './dataset';
import { type DatasetName, qualified, textOf } from './dataset_name';
import { type JobPlace, queryRows } from './jobs';
import { outputError } from './service_error';

/**
 * Makes views in `into`, named like the tables, that show a stream's dataset and one of files as one: of an hour, or day, that the live one has, its rows, and no others. The dataset is made where the live one is, if
 * it is missing. Returns the names of the views.
 *
 * @throws {InputError} where one of the two is missing or has no tables, they are in different locations, or `into` is one of them or has tables of these names
 */
export async function joinDatasets(
  live: DatasetName,
  history: DatasetName,
  into: DatasetName,
): Promise<string[]> {
  for (const part of [live, history])
    if (textOf(part) === textOf(into))
      throw new InputError(
        `bigquery:${textOf(into)} is one of the datasets that are joined: views of the same names can’t be made in there. Name another one`,
      );
  const places = [await partOf(live), await partOf(history)];
  const [{ location }, other] = places;
  if (location.toUpperCase() !== other.location.toUpperCase())
    throw new InputError(
      `bigquery:${textOf(live)} is in ${location}, and bigquery:${textOf(history)} in ${other.location}: BigQuery joins only what is in one location`,
    );
  try {
    const place = await openDataset(openBigquery(into.project), into, location);
    for (const { table } of JOINED_TABLES) {
      const there = await tableMetadata(place.client, into, table.name);
      if (there !== null && there.type !== 'VIEW')
        throw new InputError(
          `bigquery:${textOf(into)} has a table ${table.name}, where the view would be: name a dataset that no run writes to`,
        );
    }
    const [ofLive, ofHistory] = [live, history].map((part) =>
      bigqueryViews((table) => qualified(part, table)),
    );
    const views = JOINED_TABLES.map((joined) =>
      joinedView(qualified(into, joined.table.name), joined, ofLive, ofHistory),
    );
    await queryRows(place, views.join(';\n'));
    return JOINED_TABLES.map(({ table }) => table.name);
  } catch (error) {
    throw outputError(into, error);
  }
}

async function partOf(name: DatasetName): Promise<JobPlace> {
  try {
    const place = await findDataset(openBigquery(name.project), name);
    if (place === null) throw new InputError(`there is no dataset bigquery:${textOf(name)}`);
    for (const { table } of JOINED_TABLES)
      if ((await tableMetadata(place.client, name, table.name)) === null)
        throw new InputError(
          `bigquery:${textOf(name)} has no table ${table.name}: it is no output of funnelpulse run`,
        );
    return place;
  } catch (error) {
    throw outputError(name, error, 'read');
  }
}
