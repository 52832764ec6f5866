import type { Column, ColumnType } from './column';
import type { Table } from './table';
import type { ViewDialect } from './views';

const TYPES: Record<ColumnType, string> = {
  text: 'STRING',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
  int64: 'INT64',
  money: 'NUMERIC',
  double: 'FLOAT64',
  boolean: 'BOOL',
  json: 'JSON',
};

/** A column in BigQuery's schema JSON. */
export interface BigQueryField {
  name: string;
  type: string;
  mode: 'REQUIRED' | 'NULLABLE';
  description: string;
}

/** The table's schema as BigQuery's API, `bq mk --schema` and Terraform's `google_bigquery_table` take it. */
export function bigquerySchema(table: Table): BigQueryField[] {
  return Object.entries(table.columns).map(([name, column]) => ({
    name,
    type: TYPES[column.type],
    mode: column.nullable ? 'NULLABLE' : 'REQUIRED',
    description: column.description,
  }));
}

/** What BigQuery's API takes to make a table, but for its name. */
export interface BigQueryTable {
  description: string;
  schema: { fields: BigQueryField[] };
  timePartitioning?: { type: 'DAY'; field: string };
  clustering?: { fields: string[] };
  tableConstraints?: { primaryKey: { columns: string[] } };
}

/**
 * The table as it is made: partitioned by day, clustered, and with its key as the primary key, which BigQuery doesn't enforce but plans joins by, and which a stream's upserts need. A key with a
 * nullable column (silver_events) is no primary key: BigQuery takes one as a promise that there is no null, and rewrites queries by it.
 */
export function bigqueryTable(table: Table): BigQueryTable {
  const keyed = table.key.every((name) => !(table.columns[name] as Column).nullable);
  return {
    description: table.description,
    schema: { fields: bigquerySchema(table) },
    ...(table.partitionBy !== undefined && {
      timePartitioning: { type: 'DAY' as const, field: table.partitionBy },
    }),
    ...(table.clusterBy !== undefined && { clustering: { fields: [...table.clusterBy] } }),
    ...(keyed && { tableConstraints: { primaryKey: { columns: [...table.key] } } }),
  };
}

/** Views in BigQuery's SQL. `name`: a table or view of the dataset as SQL has it, with project and dataset, as BigQuery wants it in views. */
export function bigqueryViews(name: (table: string) => string): ViewDialect {
  return {
    name,
    double: 'FLOAT64',
    dayNumber: (date) => `UNIX_DATE(${date})`,
    milliseconds: (from, to) =>
      `TIMESTAMP_DIFF(CAST(${to} AS TIMESTAMP), CAST(${from} AS TIMESTAMP), MILLISECOND)`,
  };
}
