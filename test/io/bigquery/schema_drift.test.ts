/** What is said of a table that is not as declared: every difference, by column. */
import type { TableMetadata } from '@google-cloud/bigquery';
import { schemaDrift } from '../../../io/bigquery/schema_drift';
import { bigqueryTable } from '../../../schema/bigquery';
import type { Table } from '../../../schema/table';
import { goldFunnelHourlyBrand, TABLES } from '../../../schema/tables';

const NAMES: Record<string, string> = { INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN' };

/** The table as the API tells of it. */
function asFound(table: Table): TableMetadata & { schema: { fields: Record<string, string>[] } } {
  const { schema, ...rest } = bigqueryTable(table);
  const fields = schema.fields.map((field) => ({ ...field, type: NAMES[field.type] ?? field.type }));
  return { ...rest, schema: { fields } } as never;
}

test.each(TABLES.map((table) => [table.name, table as Table]))(
  '%s as declared has not drifted',
  (_, table) => {
    expect(schemaDrift(table, asFound(table))).toEqual([]);
  },
);

test('the order of columns and what is said of them don’t matter', () => {
  const found = asFound(goldFunnelHourlyBrand);
  found.schema.fields.reverse();
  found.schema.fields[0].description = 'something else';
  expect(schemaDrift(goldFunnelHourlyBrand, { ...found, description: 'mine' })).toEqual([]);
});

test('every difference is named', () => {
  const found = asFound(goldFunnelHourlyBrand);
  const field = (name: string) => found.schema.fields.find((each) => each.name === name)!;
  field('revenue').type = 'FLOAT';
  field('views').mode = 'NULLABLE';
  field('brand').name = 'marke';
  found.timePartitioning = { type: 'DAY', field: 'window_start' };
  delete found.clustering;
  expect(schemaDrift(goldFunnelHourlyBrand, found)).toEqual([
    'column brand (STRING) is missing',
    'column views is NULLABLE, not REQUIRED',
    'column revenue is FLOAT64, not NUMERIC',
    'column marke (STRING) is not declared',
    'it is partitioned by window_start, not window_date',
    'it is clustered by nothing, not brand',
  ]);
});
