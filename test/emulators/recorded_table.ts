/** A table with a primary key as BigQuery keeps it from changes: of each key the change with the largest sequence number, of equal ones the one that came last. */
import { status } from '@grpc/grpc-js';
import type protobuf from 'protobufjs';
import { bigquerySchema } from '../../schema/bigquery';
import type { Table } from '../../schema/table';
import { compareSequenceNumbers } from './documented_order';

/** Protobuf types that BigQuery converts to a column's. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  STRING: ['string'],
  JSON: ['string'],
  NUMERIC: ['string'],
  TIMESTAMP: ['int64'],
  DATE: ['int32'],
  INT64: ['int64'],
  FLOAT64: ['double'],
  BOOL: ['bool'],
};

/** An append of which nothing was taken. */
export class AppendRefused extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly rowErrors: { index: number; code: 1; message: string }[] = [],
  ) {
    super(message);
  }
}

type Values = Record<string, unknown>;

interface Change {
  readonly sequence: string;
  readonly isRemoval: boolean;
  readonly row: Values;
}

export class RecordedTable {
  private readonly held = new Map<string, Change>();
  /** Why a row is not taken; null where it is. For tests of bad rows. */
  refuses: (row: Values) => string | null = () => null;
  /** Changes that were taken. */
  changes = 0;

  constructor(private readonly table: Table) {}

  /** The rows that a query shows, as code holds them. */
  get rows(): Values[] {
    return [...this.held.values()].filter(({ isRemoval }) => !isRemoval).map(({ row }) => row);
  }

  clear(): void {
    this.held.clear();
  }

  /** Takes all rows or none. @throws AppendRefused */
  append(messages: readonly protobuf.Message[], type: protobuf.Type): void {
    this.check(type);
    const changes: Change[] = [];
    const errors: { index: number; code: 1; message: string }[] = [];
    messages.forEach((message, index) => {
      try {
        changes.push(this.change(message as never));
      } catch (error) {
        errors.push({ index, code: 1, message: (error as Error).message });
      }
    });
    if (errors.length > 0)
      throw new AppendRefused(status.INVALID_ARGUMENT, 'Errors found while processing rows', errors);
    for (const change of changes) this.take(change);
  }

  private take(change: Change): void {
    this.changes++;
    const key = JSON.stringify(this.table.key.map((name) => change.row[name]));
    const there = this.held.get(key);
    if (there === undefined || compareSequenceNumbers(change.sequence, there.sequence) >= 0)
      this.held.set(key, change);
  }

  private check(type: protobuf.Type): void {
    const columns = new Map(bigquerySchema(this.table).map((field) => [field.name, field]));
    for (const { name, type: found } of type.fieldsArray) {
      if (name === '_CHANGE_TYPE' || name === '_CHANGE_SEQUENCE_NUMBER') continue;
      const column = columns.get(name);
      if (column === undefined)
        throw new AppendRefused(status.INVALID_ARGUMENT, `Input schema has more fields: ${name}`);
      if (!TAKES[column.type].includes(found))
        throw new AppendRefused(status.INVALID_ARGUMENT, `${name} is ${column.type}, not ${found}`);
    }
    for (const { name, mode } of columns.values()) {
      if (mode === 'REQUIRED' && !(name in type.fields))
        throw new AppendRefused(status.INVALID_ARGUMENT, `required field ${name} is missing`);
    }
  }

  private change(message: Values): Change {
    const { _CHANGE_TYPE: type, _CHANGE_SEQUENCE_NUMBER: sequence } = message;
    if (type !== 'UPSERT' && type !== 'DELETE') throw new Error('The given value is not a valid CHANGE_TYPE');
    compareSequenceNumbers(String(sequence), '0');
    const row = Object.fromEntries(
      bigquerySchema(this.table).map(({ name, type: column }) => [
        name,
        Object.hasOwn(message, name) ? columnValue(column, message[name]) : null,
      ]),
    );
    const refusal = this.refuses(row);
    if (refusal !== null) throw new Error(refusal);
    return { sequence: String(sequence), isRemoval: type === 'DELETE', row };
  }
}

function columnValue(type: string, value: unknown): unknown {
  switch (type) {
    case 'TIMESTAMP': {
      const micros = BigInt(String(value));
      if (micros % 1000n !== 0n) throw new Error(`${micros} µs are no whole milliseconds`);
      return Number(micros / 1000n);
    }
    case 'DATE': {
      const day = Number(value);
      if (day < -719_162 || day > 2_932_896) throw new Error(`${day} is no date`);
      return new Date(day * 86_400_000).toISOString().slice(0, 10);
    }
    case 'INT64':
      return Number(value);
    case 'NUMERIC': {
      const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(String(value)) ?? [];
      if (whole === undefined) throw new Error(`${value} is no NUMERIC`);
      const nanos = BigInt(whole + fraction.padEnd(9, '0'));
      if (nanos % 100_000n !== 0n) throw new Error(`${value} has more than four digits`);
      return ((sign === '-' ? -1n : 1n) * nanos) / 100_000n;
    }
    default:
      return value;
  }
}
