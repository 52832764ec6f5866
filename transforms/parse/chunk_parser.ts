/**
 * Parses the records of raw chunks and hands them to the cleaner, keeping what was rejected and what the ledger has to know.
 */
import type { RawChunk } from '../../schema/chunk';
import { REJECT_REASONS } from '../../schema/events';
import { BatchBuilder, type KeyedBatch, type Sharding } from '../clean/batch_builder';
import { Cleaner, KEPT, type RecordListener } from '../clean/cleaner';
import { Dimensions } from '../clean/dimensions';
import { CsvSplitter, isBlank, Line } from './csv_splitter';
import type { FieldRow } from './field_row';
import { JsonRecord } from './json_record';
import { encodePayload, type Reject, rejectMessage } from './reject';
import type { RangeRejects, Tally } from './tally';

const MALFORMED = REJECT_REASONS.indexOf('malformed_row');
const NOT_JSON = REJECT_REASONS.indexOf('not_json');
const NEWLINE = 10;
const RETURN = 13;

/** Records after which batches are given out although the chunk goes on; bounds memory for chunks of any size. */
const MAX_BUFFERED = 2_000_000;

/** What comes out of parsing, one of three kinds. */
export type ParsedPart = { batch: KeyedBatch } | { tally: Tally } | { rejects: RangeRejects };

export class ChunkParser {
  private readonly dimensions = new Dimensions();
  private readonly builder: BatchBuilder;
  private readonly cleaner: Cleaner;
  private readonly json = new JsonRecord();
  private splitter: CsvSplitter | undefined;
  private splitterColumns = '';
  private rejects: Reject[] = [];
  private lines = 0;
  private readonly hours = new Map<number, [read: number, rejected: number]>();
  private unknownRead = 0;
  private unknownRejected = 0;

  constructor(
    sharding: Sharding,
    onlyCurrency: string | null,
    listener: ((dimensions: Dimensions) => RecordListener) | null = null,
  ) {
    this.builder = new BatchBuilder(sharding, this.dimensions);
    this.cleaner = new Cleaner(
      this.builder,
      this.dimensions,
      onlyCurrency,
      listener ? listener(this.dimensions) : null,
    );
  }

  /** Parses a chunk; yields batches when enough have come together. Call {@link finish} for the rest. */
  *parse(chunk: RawChunk): Generator<ParsedPart> {
    const { bytes, end } = chunk;
    this.lines += chunk.linesBefore;
    // A last line without a line end gets one, in the slack behind the chunk, so that no loop has to look for the end of the bytes.
    if (end > chunk.start && bytes[end - 1] !== NEWLINE) bytes[end] = NEWLINE;
    for (let at = chunk.start; at < end; ) {
      at = chunk.format === 'csv' ? this.parseCsv(chunk, at) : this.parseNdjson(chunk, at);
      if (at < end) yield* this.drain();
    }
  }

  /** Gives out what has been collected of the range that began at `rangeStart`: the last batches, then the tally and the rejects. Begins anew for the next range. */
  *finish(source: string, rangeStart: number): Generator<ParsedPart> {
    yield* this.drain();
    const hours = [...this.hours].map(([hour, [read, rejected]]): [number, number, number] => [
      hour,
      read,
      rejected,
    ]);
    const tally: Tally = { hours, unknown: [this.unknownRead, this.unknownRejected] };
    const rejects: RangeRejects = { source, rangeStart, lines: this.lines, rejects: this.rejects };
    this.hours.clear();
    this.unknownRead = 0;
    this.unknownRejected = 0;
    this.lines = 0;
    this.rejects = [];
    yield { tally };
    yield { rejects };
  }

  private *drain(): Generator<ParsedPart> {
    for (const { hour, read, rejected } of this.builder.hoursSeen()) {
      const before = this.hours.get(hour) ?? [0, 0];
      this.hours.set(hour, [before[0] + read, before[1] + rejected]);
    }
    for (const batch of this.builder.drain()) yield { batch };
    if (this.dimensions.isFull) this.dimensions.clear();
  }

  /** Parses CSV lines from an offset on, until the chunk ends or batches have to be given out; returns where the next line begins. */
  private parseCsv(chunk: RawChunk, from: number): number {
    const { end } = chunk;
    const { cleaner } = this;
    const splitter = this.splitterFor(chunk.columns ?? []);
    splitter.open(chunk.bytes);
    let at = from;
    while (at < end && !this.isFull) {
      const line = splitter.split(at);
      if (line === Line.record) {
        const reason = cleaner.accept(splitter.row);
        if (reason !== KEPT) this.reject(chunk, at, splitter.lineEnd, reason, splitter.row);
      } else if (line === Line.malformed) {
        this.rejectUnread(chunk, at, splitter.lineEnd, MALFORMED, splitter.fault);
      }
      at = splitter.next;
      this.lines++;
    }
    return at;
  }

  /** The same for NDJSON. */
  private parseNdjson(chunk: RawChunk, from: number): number {
    const { bytes, end } = chunk;
    const { json, cleaner } = this;
    let at = from;
    while (at < end && !this.isFull) {
      const newline = bytes.indexOf(NEWLINE, at);
      const lineEnd = newline > at && bytes[newline - 1] === RETURN ? newline - 1 : newline;
      if (isBlank(bytes, at, lineEnd)) {
        // no record
      } else if (json.read(bytes.subarray(at, lineEnd))) {
        const reason = cleaner.accept(json.row);
        if (reason !== KEPT) this.reject(chunk, at, lineEnd, reason, json.row);
      } else {
        this.rejectUnread(chunk, at, lineEnd, NOT_JSON, json.fault);
      }
      at = newline + 1;
      this.lines++;
    }
    return at;
  }

  private get isFull(): boolean {
    return this.builder.size >= MAX_BUFFERED || this.dimensions.isFull;
  }

  private splitterFor(columns: readonly string[]): CsvSplitter {
    const key = JSON.stringify(columns);
    if (this.splitter === undefined || this.splitterColumns !== key) {
      this.splitter = new CsvSplitter(columns);
      this.splitterColumns = key;
    }
    return this.splitter;
  }

  /** Rejects a record whose fields could be read. */
  private reject(chunk: RawChunk, at: number, lineEnd: number, reason: number, row: FieldRow): void {
    if (this.cleaner.hour === undefined) this.countUnknown();
    this.keepReject(chunk, at, lineEnd, reason, rejectMessage(reason, row), this.cleaner.time);
  }

  /** Rejects a record without fields. */
  private rejectUnread(chunk: RawChunk, at: number, lineEnd: number, reason: number, fault: string): void {
    this.countUnknown();
    this.keepReject(chunk, at, lineEnd, reason, fault, Number.NaN);
  }

  private countUnknown(): void {
    this.unknownRead++;
    this.unknownRejected++;
  }

  private keepReject(
    chunk: RawChunk,
    at: number,
    lineEnd: number,
    reason: number,
    message: string,
    time: number,
  ): void {
    this.rejects.push({
      source: chunk.source,
      position: String(chunk.position + at - chunk.start),
      range: chunk.rangeStart,
      lineInRange: this.lines,
      reason: REJECT_REASONS[reason],
      message,
      ...encodePayload(chunk.bytes.subarray(at, lineEnd)),
      eventTime: Number.isNaN(time) ? null : time,
      columns: chunk.columns,
    });
  }
}
