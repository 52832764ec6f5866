/**
 * Collects packed records by event hour, slot and shard, and turns each collection into an {@link EventBatch}.
 */
import { HOUR_MS } from '../../schema/events';
import type { Dimensions } from './dimensions';
import { EventBatch } from './event_batch';
import { DIMENSION_MASK, META, RECORD_WORDS } from './packed_record';

/** How events are spread over accumulators. */
export interface Sharding {
  /** Shards by dedup hash; 1 or more. */
  readonly shards: number;
  /** Minutes per slot of the hour; divides 60. */
  readonly slotMinutes: number;
}

/** A batch with the key it is grouped by: `slot * shards + shard`. */
export interface KeyedBatch {
  readonly key: number;
  readonly batch: EventBatch;
}

/** Packed records as the kernel gives them out, see ParseKernel. */
export interface PackedRecords {
  readonly records: Int32Array;
  readonly hours: Int32Array;
  readonly millis: Int32Array;
  readonly recordCount: number;
}

/** Records of one hour, slot and shard. */
class Rows {
  words = new Int32Array(64 * RECORD_WORDS);
  size = 0;
  earliest = Number.POSITIVE_INFINITY;

  empty(): void {
    this.size = 0;
    this.earliest = Number.POSITIVE_INFINITY;
  }

  /** Makes room for more records. */
  reserve(records: number): void {
    const needed = (this.size + records) * RECORD_WORDS;
    if (needed <= this.words.length) return;
    const words = new Int32Array(Math.max(needed, this.words.length * 2));
    words.set(this.words.subarray(0, this.size * RECORD_WORDS));
    this.words = words;
  }

  /** Adds whole records. */
  append(records: Int32Array, count: number, earliest: number): void {
    this.reserve(count);
    this.words.set(records, this.size * RECORD_WORDS);
    this.size += count;
    if (earliest < this.earliest) this.earliest = earliest;
  }
}

/** What one event hour holds so far. */
export class HourRows {
  readonly cells: (Rows | undefined)[];
  /** Records read whose time falls into the hour, kept or rejected. */
  read = 0;
  rejected = 0;

  constructor(
    readonly hour: number,
    cells: number,
  ) {
    this.cells = new Array(cells);
  }

  /** The records of a slot and shard; taken from `spare`, or made, where there are none yet. */
  cell(number: number, spare: Rows[]): Rows {
    let rows = this.cells[number];
    if (rows === undefined) {
      rows = spare.pop() ?? new Rows();
      this.cells[number] = rows;
    }
    return rows;
  }
}

export class BatchBuilder {
  private readonly hours = new Map<number, HourRows>();
  private last: HourRows | undefined;
  private readonly slotMs: number;
  private readonly cellsPerHour: number;
  /** Records held. */
  size = 0;
  /** Emptied collections, to be filled again: growing anew in every range would be most of the allocation. */
  private readonly spare: Rows[] = [];

  constructor(
    private readonly sharding: Sharding,
    private readonly dimensions: Dimensions,
  ) {
    this.slotMs = sharding.slotMinutes * 60_000;
    this.cellsPerHour = Math.ceil(60 / sharding.slotMinutes) * sharding.shards;
  }

  /** The hour that a time falls into. */
  hourOf(time: number): HourRows {
    const hour = Math.floor(time / HOUR_MS);
    let rows = this.last;
    if (rows === undefined || rows.hour !== hour) {
      rows = this.hours.get(hour);
      if (rows === undefined) {
        rows = new HourRows(hour, this.cellsPerHour);
        this.hours.set(hour, rows);
      }
      this.last = rows;
    }
    return rows;
  }

  /** Adds a record. The seven words are as in packed_record.ts, with the dimension number of this builder's dimensions. */
  add(
    rows: HourRows,
    time: number,
    h1: number,
    h2: number,
    h3: number,
    h4: number,
    rest: number,
    priceLow: number,
    meta: number,
  ): void {
    const into = rows.cell(this.cellOf(time - rows.hour * HOUR_MS, h1), this.spare);
    into.reserve(1);
    let at = into.size * RECORD_WORDS;
    const words = into.words;
    words[at++] = h1;
    words[at++] = h2;
    words[at++] = h3;
    words[at++] = h4;
    words[at++] = rest;
    words[at++] = priceLow;
    words[at] = meta;
    into.size++;
    if (time < into.earliest) into.earliest = time;
    this.size++;
  }

  /** Adds the records that the kernel has packed; neighbours of one hour and cell are copied together. */
  addPacked(packed: PackedRecords): void {
    const { records, hours, millis, recordCount } = packed;
    for (let from = 0; from < recordCount; ) {
      const hour = hours[from];
      const rows = this.hourOf(hour * HOUR_MS);
      const cell = this.cellOf(millis[from], records[from * RECORD_WORDS]);
      let earliest = millis[from];
      let to = from + 1;
      for (
        ;
        to < recordCount &&
        hours[to] === hour &&
        this.cellOf(millis[to], records[to * RECORD_WORDS]) === cell;
        to++
      ) {
        if (millis[to] < earliest) earliest = millis[to];
      }
      const into = rows.cell(cell, this.spare);
      into.append(
        records.subarray(from * RECORD_WORDS, to * RECORD_WORDS),
        to - from,
        hour * HOUR_MS + earliest,
      );
      rows.read += to - from;
      this.size += to - from;
      from = to;
    }
  }

  /** Slot and shard of a record, from its place in the hour and its key's hash. */
  private cellOf(millis: number, hash: number): number {
    if (this.cellsPerHour === 1) return 0;
    return Math.floor(millis / this.slotMs) * this.sharding.shards + ((hash >>> 0) % this.sharding.shards);
  }

  /** Every hour seen since the last {@link drain}. */
  hoursSeen(): Iterable<HourRows> {
    return this.hours.values();
  }

  /** Gives out all records as batches and begins anew. */
  *drain(): Generator<KeyedBatch> {
    const local = new Int32Array(this.dimensions.size);
    const global = new Int32Array(this.dimensions.size);
    for (const rows of this.hours.values()) {
      for (let key = 0; key < rows.cells.length; key++) {
        const cell = rows.cells[key];
        if (!cell) continue;
        yield { key, batch: this.pack(cell, local, global) };
        cell.empty();
        this.spare.push(cell);
      }
    }
    this.hours.clear();
    this.last = undefined;
    this.size = 0;
  }

  /** Renumbers a cell's dimensions from 0 in order of appearance, and packs it. `local` is all zero before and after. */
  private pack(rows: Rows, local: Int32Array, global: Int32Array): EventBatch {
    const texts: Uint8Array[] = [];
    const words = rows.words;
    const end = rows.size * RECORD_WORDS;
    for (let at = META; at < end; at += RECORD_WORDS) {
      const meta = words[at];
      const pair = meta & DIMENSION_MASK;
      let number = local[pair];
      if (number === 0) {
        global[texts.length] = pair;
        number = texts.push(this.dimensions.textOf(pair));
        local[pair] = number;
      }
      words[at] = (meta & ~DIMENSION_MASK) | (number - 1);
    }
    for (let i = 0; i < texts.length; i++) local[global[i]] = 0;
    return EventBatch.pack(words, rows.size, texts, rows.earliest);
  }
}
