/** How a table in BigQuery differs from its declaration. */
import type { TableMetadata } from '@google-cloud/bigquery';
import { bigqueryTable } from '../../schema/bigquery';
import type { Table } from '../../schema/table';

/** Names of types that the API has two of. */
const OTHER_NAMES: Record<string, string> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  DECIMAL: 'NUMERIC',
};

/** The differences that matter to who writes or reads rows, a clause each, column by column; none where the table is as declared. Descriptions and the order of columns don't matter. */
export function schemaDrift(table: Table, found: TableMetadata): string[] {
  const expected = bigqueryTable(table);
  const there = new Map((found.schema?.fields ?? []).map((field) => [field.name, field]));
  const columns = expected.schema.fields.flatMap(({ name, type, mode }) => {
    const field = there.get(name);
    there.delete(name);
    if (field === undefined) return [`column ${name} (${type}) is missing`];
    const is = typeName(field.type ?? '');
    return [
      ...(is !== type ? [`column ${name} is ${is}, not ${type}`] : []),
      ...((field.mode ?? 'NULLABLE') !== mode
        ? [`column ${name} is ${field.mode ?? 'NULLABLE'}, not ${mode}`]
        : []),
    ];
  });
  return [
    ...columns,
    ...[...there.values()].map(
      ({ name, type }) => `column ${name} (${typeName(type ?? '')}) is not declared`,
    ),
    ...difference('partitioned by', found.timePartitioning?.field, expected.timePartitioning?.field),
    ...difference(
      'clustered by',
      found.clustering?.fields?.join(', '),
      expected.clustering?.fields.join(', '),
    ),
  ];
}

function typeName(type: string): string {
  return OTHER_NAMES[type.toUpperCase()] ?? type.toUpperCase();
}

function difference(what: string, is: string | undefined, expected: string | undefined): string[] {
  return is === expected ? [] : [`it is ${what} ${is ?? 'nothing'}, not ${expected ?? 'anything'}`];
}
