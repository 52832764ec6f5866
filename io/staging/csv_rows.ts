/**
 * Rows of a table as lines of a staging file: CSV without a header, every text quoted, null as nothing. Times are milliseconds, which loads turn back into timestamps: formatting and
 * parsing dates would cost more than all the rest.
 */
import type { Column, ColumnType } from '../../schema/column';
import { MONEY_SCALE } from '../../schema/column';
import type { Row, Table } from '../../schema/table';

type Format = (value: never) => string;

const quoted: (value: string) => string = (value) =>
  value.includes('"') ? `"${value.replaceAll('"', '""')}"` : `"${value}"`;

const FORMATS: Record<ColumnType, Format> = {
  text: quoted,
  json: quoted,
  timestamp: String,
  date: (value: string) => value,
  int64: String,
  money: moneyText,
  double: String,
  boolean: String,
};

/** An exact amount in ten-thousandths as a decimal with four fractional digits. */
export function moneyText(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(MONEY_SCALE + 1, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -MONEY_SCALE)}.${digits.slice(-MONEY_SCALE)}`;
}

/** A function that writes a row of the table as a line. */
export function lineOf<T extends Table>(table: T): (row: Row<T>) => string {
  const columns = Object.entries<Column>(table.columns).map(([name, column]) => ({
    name,
    format: FORMATS[column.type],
  }));
  return (row) => {
    let line = '';
    for (const { name, format } of columns) {
      const value = (row as Record<string, unknown>)[name];
      if (line !== '' || name !== columns[0].name) line += ',';
      if (value !== null && value !== undefined) line += format(value as never);
    }
    return `${line}\n`;
  };
}
