/** Which group each row is in: rows that are equal in some columns fall together. */
import type { Column } from '../../schema/column';
import { HOUR_MS } from '../../schema/events';
import type { HeldRows } from './held_rows';
import { grown, type NumberColumn } from './number_column';
import type { Partition } from './partition';
import type { CodeColumn } from './text_columns';

/** Numbers a column's values: 0 to less than `most`. */
interface Coder {
  readonly most: number;
  /** The one number of all rows of a partition; null where they have several. */
  readonly ofPartition: ((part: number) => number) | null;
  readonly encode: (part: number, rows: Int32Array, count: number, codes: Int32Array) => void;
}

/** Groups are looked up in an array of so many places at most. */
const MOST_PLACES = 2 ** 20;

export class GroupKeys {
  /** How many groups there are so far. */
  count = 0;
  /** By group: where its first row is. */
  firstParts = new Int32Array(16);
  firstRows = new Int32Array(16);
  /** By row that {@link assign} was asked for last: its group. */
  groups = new Int32Array(0);
  private codes = new Int32Array(0);
  private readonly coders: readonly Coder[];
  /** By the numbers of a row's values: its group and one more. */
  private readonly places: Int32Array | null;
  private readonly maps: readonly Map<number, number>[];

  /** @param columns their places */
  constructor(held: HeldRows, partitions: readonly Partition[], columns: readonly number[]) {
    this.coders = columns.map((at) => coderOf(held, partitions, at));
    const most = this.coders.reduce((product, coder) => product * coder.most, 1);
    this.places = most <= MOST_PLACES ? new Int32Array(most) : null;
    this.maps = this.coders.map(() => new Map());
  }

  /** The group of all these rows, or -1 where each has its own, in {@link groups}. */
  assign(part: number, rows: Int32Array, count: number): number {
    if (this.places === null) this.assignByMaps(part, rows, count);
    else if (this.coders.every(({ ofPartition }) => ofPartition !== null)) {
      const place = this.coders.reduce((code, coder) => code * coder.most + coder.ofPartition!(part), 0);
      return this.groupAt(this.places, place, part, rows[0]);
    } else this.assignByPlaces(this.places, part, rows, count);
    return -1;
  }

  private assignByPlaces(places: Int32Array, part: number, rows: Int32Array, count: number): void {
    this.reserve(count);
    const { codes, groups } = this;
    this.coders.forEach(({ most, encode }, i) => {
      encode(part, rows, count, i === 0 ? groups : codes);
      if (i > 0) for (let j = 0; j < count; j++) groups[j] = groups[j] * most + codes[j];
    });
    for (let j = 0; j < count; j++) {
      const group = places[groups[j]] - 1;
      groups[j] = group >= 0 ? group : this.groupAt(places, groups[j], part, rows[j]);
    }
  }

  private groupAt(places: Int32Array, place: number, part: number, row: number): number {
    if (places[place] === 0) places[place] = this.add(part, row) + 1;
    return places[place] - 1;
  }

  /** Numbers of a column at a time: those of the columns before, put together, are no more than there are rows. */
  private assignByMaps(part: number, rows: Int32Array, count: number): void {
    this.reserve(count);
    const { codes, groups, maps } = this;
    this.coders.forEach(({ most, encode }, i) => {
      encode(part, rows, count, codes);
      const isLast = i === this.coders.length - 1;
      for (let j = 0; j < count; j++) {
        const place = (i === 0 ? 0 : groups[j]) * most + codes[j];
        let group = maps[i].get(place);
        if (group === undefined) {
          group = isLast ? this.add(part, rows[j]) : maps[i].size;
          maps[i].set(place, group);
        }
        groups[j] = group;
      }
    });
  }

  private add(part: number, row: number): number {
    const group = this.count++;
    this.firstParts = grown(this.firstParts, this.count);
    this.firstRows = grown(this.firstRows, this.count);
    this.firstParts[group] = part;
    this.firstRows[group] = row;
    return group;
  }

  private reserve(count: number): void {
    this.groups = grown(this.groups, count);
    this.codes = grown(this.codes, count);
  }
}

function coderOf(held: HeldRows, partitions: readonly Partition[], at: number): Coder {
  if (at === held.dayColumn)
    return {
      most: partitions.length,
      ofPartition: (part) => part,
      encode: (part, _rows, count, codes) => codes.fill(part, 0, count),
    };
  const dictionary = held.dictionaries[at];
  if (dictionary !== null)
    return {
      most: dictionary.size + 1,
      ofPartition: null,
      encode: (part, rows, count, out) => {
        const { codes } = partitions[part].columns[at] as CodeColumn;
        for (let i = 0; i < count; i++) out[i] = codes[rows[i]] + 1;
      },
    };
  return hourCoder(held.columnOf(at), partitions, at) ?? valueCoder(held, partitions, at);
}

/** Times that are whole hours are numbered from the first. */
function hourCoder({ type }: Column, partitions: readonly Partition[], at: number): Coder | null {
  const columns = partitions.map(({ columns }) => columns[at] as NumberColumn);
  if (type !== 'timestamp' || !columns.every(({ isHours }) => isHours)) return null;
  const first = columns.reduce((least, column) => Math.min(least, column.least), Number.POSITIVE_INFINITY);
  const last = columns.reduce((most, column) => Math.max(most, column.most), Number.NEGATIVE_INFINITY);
  return {
    most: first > last ? 1 : (last - first) / HOUR_MS + 2,
    ofPartition: null,
    encode: (part, rows, count, codes) => {
      const { values, nulls } = columns[part];
      for (let i = 0; i < count; i++) codes[i] = (values[rows[i]] - first) / HOUR_MS + 1;
      if (nulls === null) return;
      for (let i = 0; i < count; i++) if (nulls[rows[i]] === 1) codes[i] = 0;
    },
  };
}

/** Values are numbered as they come. */
function valueCoder(held: HeldRows, partitions: readonly Partition[], at: number): Coder {
  const codesByValue = new Map<unknown, number>();
  return {
    most: held.rows + 1,
    ofPartition: null,
    encode: (part, rows, count, codes) => {
      const column = partitions[part].columns[at];
      for (let i = 0; i < count; i++) {
        const value = column?.valueAt(rows[i]);
        let code = codesByValue.get(value);
        if (code === undefined) {
          code = codesByValue.size;
          codesByValue.set(value, code);
        }
        codes[i] = code;
      }
    },
  };
}
