/**
 * What Terraform's module for BigQuery reads of the tables: for each its columns, `schema/NAME.json` as BigQuery's API takes them, and for all together how they are laid out, `tables.json`.
 * `make terraform-schema` writes the files; a test fails where they are not what this says.
 */
import { bigquerySchema, bigqueryTable } from './bigquery';
import type { Table } from './table';
import { runs, TABLES } from './tables';

/** How BigQuery lays a table out. */
export interface TableLayout {
  readonly description: string;
  /** Date or timestamp column whose days are the partitions; null for a table in one piece. */
  readonly partition_field: string | null;
  readonly clustering: readonly string[] | null;
  /** Null where a column of the key may be null. */
  readonly primary_key: readonly string[] | null;
}

/** The layout that a run makes the table with, too. */
export function tableLayout(table: Table): TableLayout {
  const { description, timePartitioning, clustering, tableConstraints } = bigqueryTable(table);
  return {
    description,
    partition_field: timePartitioning?.field ?? null,
    clustering: clustering?.fields ?? null,
    primary_key: tableConstraints?.primaryKey.columns ?? null,
  };
}

/** All tables that BigQuery holds. */
export const WAREHOUSE_TABLES: readonly Table[] = [...TABLES, runs];

/** The files by their path below the module, each with its text. */
export function terraformFiles(): ReadonlyMap<string, string> {
  const layouts = Object.fromEntries(WAREHOUSE_TABLES.map((table) => [table.name, tableLayout(table)]));
  return new Map([
    ['tables.json', json(layouts)],
    ...WAREHOUSE_TABLES.map((table) => [`schema/${table.name}.json`, json(bigquerySchema(table))] as const),
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
