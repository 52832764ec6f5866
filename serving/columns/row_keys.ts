/** A row's key within its partition as one number: its hour of the day, where it has one, and the codes of its texts. */

import { DAY_MS, HOUR_MS } from '../../schema/events';
import type { Table } from '../../schema/table';
import { type Dictionary, UNKNOWN_TEXT } from './dictionary';
import type { NumberColumn } from './number_column';
import type { BlockColumns, Partition } from './partition';
import type { CodeColumn } from './text_columns';

const HOURS = 24;
/** Two texts and an hour are a safe integer. */
const MOST_TEXTS = 2 ** 24;

export class RowKeys {
  /** Places in the table's columns. */
  private readonly time: number | null;
  private readonly texts: readonly number[];

  /** @throws Error for a key that is not a time of the partition's day and up to two texts */
  constructor(
    table: Table,
    columns: readonly string[],
    private readonly dictionaries: readonly (Dictionary | null)[],
  ) {
    const within = table.key.filter((name) => name !== table.partitionBy);
    const ofType = (type: string): number[] =>
      within.filter((name) => table.columns[name].type === type).map((name) => columns.indexOf(name));
    const times = ofType('timestamp');
    this.texts = ofType('text');
    if (times.length > 1 || this.texts.length > 2 || times.length + this.texts.length !== within.length)
      throw new Error(`the key of ${table.name} is not one that rows in memory are found by`);
    if ([...times, ...this.texts].includes(-1)) throw new Error(`the key of ${table.name} is not held`);
    this.time = times[0] ?? null;
  }

  /** Null for a row that cannot be there. @param adds whether its texts are given codes if they have none */
  ofBlock(block: BlockColumns, row: number, day: number | null, adds: boolean): number | null {
    let key = 0;
    for (let i = this.texts.length - 1; i >= 0; i--) {
      const at = this.texts[i];
      const column = block[at];
      const dictionary = this.dictionaries[at] as Dictionary;
      const text = column?.kind === 'text' ? column.values[row] : null;
      if (text === null) throw new Error('a row without a key');
      const code = adds ? dictionary.codeOf(text) : dictionary.find(text);
      if (code === UNKNOWN_TEXT) return null;
      key = packed(key, code);
    }
    if (this.time === null) return key;
    const column = block[this.time];
    return withHour(key, column?.kind === 'number' ? column.values[row] : Number.NaN, day);
  }

  ofRow({ columns, day }: Partition, row: number): number {
    let key = 0;
    for (let i = this.texts.length - 1; i >= 0; i--)
      key = packed(key, (columns[this.texts[i]] as CodeColumn).codes[row]);
    return this.time === null ? key : withHour(key, (columns[this.time] as NumberColumn).values[row], day);
  }
}

function packed(key: number, code: number): number {
  if (code >= MOST_TEXTS) throw new Error(`more than ${MOST_TEXTS} texts in a key`);
  return key * MOST_TEXTS + code;
}

function withHour(key: number, time: number, day: number | null): number {
  const hour = (time - (day ?? Number.NaN) * DAY_MS) / HOUR_MS;
  if (!(Number.isInteger(hour) && hour >= 0 && hour < HOURS))
    throw new Error(`${time} is not an hour of the day ${day}`);
  return key * HOURS + hour;
}
