/** The tables that Terraform makes are those of schema/tables.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { required } from '../../schema/column';
import { table } from '../../schema/table';
import { tableLayout, terraformFiles, WAREHOUSE_TABLES } from '../../schema/terraform';
import { TERRAFORM } from './terraform_modules';

const MODULE = join(TERRAFORM, 'modules', 'bigquery');

test('the files below terraform/modules/bigquery are what `make terraform-schema` writes', () => {
  const files = terraformFiles();
  const there = ['tables.json', ...readdirSync(join(MODULE, 'schema')).map((name) => `schema/${name}`)];
  expect(there.sort()).toEqual([...files.keys()].sort());
  for (const [path, text] of files)
    expect([path, readFileSync(join(MODULE, path), 'utf8')]).toEqual([path, text]);
});

test('every table is laid out as BigQuery allows', () => {
  for (const warehouseTable of WAREHOUSE_TABLES) {
    const { name, columns } = warehouseTable;
    const { partition_field, clustering, primary_key } = tableLayout(warehouseTable);
    if (partition_field !== null) expect([name, columns[partition_field].type]).toEqual([name, 'date']);
    expect((clustering ?? []).length).toBeLessThanOrEqual(4);
    expect((primary_key ?? []).length).toBeLessThanOrEqual(16);
    for (const column of [...(clustering ?? []), ...(primary_key ?? [])])
      expect(['text', 'timestamp', 'date', 'int64']).toContain(columns[column].type);
  }
});

test('a key with a column that may be null is no primary key', () => {
  const without = WAREHOUSE_TABLES.filter((one) => tableLayout(one).primary_key === null);
  expect(without.map(({ name }) => name)).toEqual(['silver_events']);
});

test('a table in one piece has neither partitions nor clusters', () => {
  const one = table({
    name: 'one',
    description: 'One',
    columns: { id: required('text', 'Id') },
    key: ['id'],
  });
  expect(tableLayout(one)).toEqual({
    description: 'One',
    partition_field: null,
    clustering: null,
    primary_key: ['id'],
  });
});
