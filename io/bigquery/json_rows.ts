/** Staged blocks → lines of JSON as BigQuery's load jobs take them. */
import { type ColumnType, moneyDecimal } from '../../schema/column';
import { DAY_MS } from '../../schema/events';
import type { Table } from '../../schema/table';
import { deadLetters } from '../../schema/tables';
import { InputError } from '../input_error';
import { SHORT_TEXT } from '../staging/block_layout';
import { type BlockColumn, readBlocks } from '../staging/block_reader';
import { storableTimes } from './storable_times';
import { wordsOf } from './write/block_values';

/** Bytes that BigQuery takes for a row of a load job, and for a value in it: 100 MB by its quotas; a tenth is left for what a row takes inside. */
export const LARGEST_ROW = 90_000_000;

/** A value of a column as JSON, by the number of its row. */
type ValueText = (row: number) => string;

/**
 * The rows of a staging file, a Buffer a block.
 *
 * @param bytes the file; must begin at a multiple of eight in its buffer
 * @param largest bytes of a line beyond which a dead letter's payload is cut, which its message then says, and another row is refused
 * @throws {InputError} for a row that is no dead letter and too large
 */
export function* jsonRows(table: Table, bytes: Uint8Array, largest: number = LARGEST_ROW): Generator<Buffer> {
  const names = Object.keys(table.columns).map((name) => JSON.stringify(name));
  for (const { rows, columns } of readBlocks(table, bytes)) {
    const values = columns.map(valueText);
    const lines: string[] = [];
    for (let row = 0; row < rows; row++) {
      const fields: string[] = [];
      for (let column = 0; column < columns.length; column++) {
        // What is not there is null.
        if (isValue(columns[column], row)) fields.push(`${names[column]}:${values[column](row)}`);
      }
      const line = `{${fields.join(',')}}\n`;
      lines.push(
        line.length * 3 > largest && Buffer.byteLength(line) > largest
          ? shortened(table, line, largest)
          : line,
      );
    }
    yield Buffer.from(lines.join(''));
  }
}

function isValue({ marks }: BlockColumn, row: number): boolean {
  return marks === null || (marks[row >> 3] & (1 << (row & 7))) !== 0;
}

/** The line of a row that is too large, with as much of its payload as there is room for. */
function shortened(table: Table, line: string, largest: number): string {
  const row = JSON.parse(line) as Record<string, unknown>;
  const { payload, message } = row;
  const size = Buffer.byteLength(line);
  if (table.name !== deadLetters.name || typeof payload !== 'string')
    throw new InputError(
      `a row of ${table.name} takes ${size} bytes, and BigQuery takes no more than ${largest}: ${line.slice(0, 200)}… Correct the input, or choose a duckdb: output`,
    );
  const whole = Buffer.byteLength(payload);
  const note = (kept: number): string =>
    `${message} [payload cut to its first ${kept} of ${whole} bytes: the row was too large for BigQuery]`;
  // A character of UTF-8 takes at most twice its bytes in JSON, or six for a control character: so cut until it fits.
  for (let room = Math.max(0, largest - (size - whole) - 200); ; room = Math.floor(room / 2)) {
    const kept = wholeCharacters(payload, room - (row.payload_encoding === 'base64' ? room % 4 : 0));
    const text = `${JSON.stringify({ ...row, message: note(Buffer.byteLength(kept)), payload: kept })}\n`;
    if (Buffer.byteLength(text) <= largest || room === 0) return text;
  }
}

/** The beginning of a text that takes at most so many bytes of UTF-8. */
function wholeCharacters(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  let end = Math.min(bytes, encoded.length);
  while (end > 0 && end < encoded.length && (encoded[end] & 0xc0) === 0x80) end--;
  return encoded.toString('utf8', 0, end);
}

function valueText(column: BlockColumn): ValueText {
  return READERS[column.type](column);
}

function bigintsOf({ values }: BlockColumn): BigInt64Array {
  return new BigInt64Array(values.buffer, values.byteOffset, values.length >> 3);
}

function textReader(column: BlockColumn): (row: number) => string {
  const values = Buffer.from(column.values.buffer, column.values.byteOffset, column.values.length);
  const long = Buffer.from(column.longTexts.buffer, column.longTexts.byteOffset, column.longTexts.length);
  const words = wordsOf(column);
  return (row) => {
    const length = words[row * 4];
    if (length <= SHORT_TEXT) return values.toString('utf8', row * 16 + 4, row * 16 + 4 + length);
    const start = words[row * 4 + 1];
    return long.toString('utf8', start, start + length);
  };
}

const READERS: Record<ColumnType, (column: BlockColumn) => ValueText> = {
  text: (column) => {
    const text = textReader(column);
    return (row) => JSON.stringify(text(row));
  },
  // A document as it is; line ends stand only between its parts, where a blank says the same.
  json: (column) => {
    const text = textReader(column);
    return (row) => text(row).replace(/[\r\n]/g, ' ');
  },
  timestamp: (column) => {
    const micros = bigintsOf(storableTimes(column));
    return (row) => `"${timestampText(micros[row])}"`;
  },
  date: (column) => {
    const days = wordsOf(column);
    return (row) => `"${new Date((days[row] | 0) * DAY_MS).toISOString().slice(0, 10)}"`;
  },
  // As text: a number of JSON may pass through a double on its way.
  int64: (column) => {
    const integers = bigintsOf(column);
    return (row) => `"${integers[row]}"`;
  },
  money: (column) => {
    const units = bigintsOf(column);
    return (row) => `"${moneyDecimal(units[row])}"`;
  },
  double: (column) => {
    const doubles = new Float64Array(
      column.values.buffer,
      column.values.byteOffset,
      column.values.length >> 3,
    );
    return (row) => {
      const value = doubles[row];
      return Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : `"${value}"`;
    };
  },
  boolean: ({ values }) => {
    return (row) => (values[row] === 1 ? 'true' : 'false');
  },
};

/** Microseconds since 1970 as ISO 8601; our times are whole milliseconds. */
function timestampText(micros: bigint): string {
  return new Date(Number(micros / 1000n)).toISOString();
}
