import type { ColumnType } from './column';
import type { Table } from './table';

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
