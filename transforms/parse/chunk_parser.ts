/**
 * Parses the records of raw chunks and hands them to the cleaner, keeping what was rejected and what the ledger has to know.
 */
import type { MessageChunk, RawChunk } from '../../schema/chunk';
import { REJECT_REASONS } from '../../schema/events';
import { BatchBuilder, type KeyedBatch, type Sharding } from '../clean/batch_builder';
import { Cleaner, KEPT } from '../clean/cleaner';
import { Dimensions } from '../clean/dimensions';
import { kernelCanRead, LineKernel } from '../kernel/line_kernel';
import { type SilverBatch, SilverCollector } from '../silver/silver_collector';
import { CsvSplitter, isBlank, Line } from './csv_splitter';
import type { FieldRow } from './field_row';
import { JsonRecord } from './json_record';
import { JsonScanner } from './json_scanner';
import { encodePayload, type Reject, rejectMessage } from './reject';
import type { RangeRejects, Tally } from './tally';

const MALFORMED = REJECT_REASONS.indexOf('malformed_row');
const NOT_JSON = REJECT_REASONS.indexOf('not_json');
const NEWLINE = 10;
const RETURN = 13;

function messageId({ bytes, ids }: MessageChunk, message: number): string {
  const id = bytes.subarray(ids[2 * message], ids[2 * message + 1]);
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('utf8');
}

/** From here on a timestamp is of another time than the data. */
const APART_MS = 60_000;

/** Records after which batches are given out although the chunk goes on; bounds memory for chunks of any size. */
const MAX_BUFFERED = 2_000_000;

/** What comes out of parsing, one of four kinds. */
export type ParsedPart =
  | { batch: KeyedBatch }
  | { silver: SilverBatch }
  | { tally: Tally }
  | { rejects: RangeRejects };

export class ChunkParser {
  private readonly dimensions = new Dimensions();
  private readonly builder: BatchBuilder;
  private readonly cleaner: Cleaner;
  private readonly scanner = new JsonScanner();
  private readonly json = new JsonRecord();
  private readonly kernel = new LineKernel((brand, category) => this.dimensions.pairOf(brand, category));
  private kernelReads = false;
  private splitter = new CsvSplitter([]);
  private columns = '';
  private rejects: Reject[] = [];
  private lines = 0;
  private readonly hours = new Map<number, [read: number, rejected: number]>();
  private unknownRead = 0;
  private unknownRejected = 0;
  private redriven: Tally['redriven'] = [];
  /** Messages of the range whose timestamp and data name times more than a minute apart. */
  private apart = 0;

  private readonly allowKernel: boolean;
  private readonly maxFutureSkewMs: number;
  private readonly silver: SilverCollector | null;

  /**
   * `kernel: false` has the plain path do every line, which is what the kernel is tested against; `silver` keeps whole records, too, for which the plain path
   * is needed as well. `maxFutureSkewMs`: by how much an event may be later than its message was published; null for no bound.
   */
  constructor(
    sharding: Sharding,
    onlyCurrency: string | null,
    {
      kernel = true,
      silver = false,
      maxFutureSkewMs = null,
    }: { kernel?: boolean; silver?: boolean; maxFutureSkewMs?: number | null } = {},
  ) {
    this.builder = new BatchBuilder(sharding, this.dimensions);
    this.silver = silver ? new SilverCollector(this.dimensions) : null;
    this.cleaner = new Cleaner(this.builder, this.dimensions, onlyCurrency, this.silver);
    this.allowKernel = kernel && !silver;
    this.maxFutureSkewMs = maxFutureSkewMs ?? Number.POSITIVE_INFINITY;
  }

  /** Parses a chunk; yields batches when enough have come together. Call {@link finish} for the rest. */
  *parse(chunk: RawChunk | MessageChunk): Generator<ParsedPart> {
    if (chunk.format === 'messages') {
      yield* this.parseMessages(chunk);
      return;
    }
    const { bytes } = chunk;
    let { end } = chunk;
    this.lines += chunk.linesBefore;
    if (end > chunk.start && bytes[end - 1] !== NEWLINE) bytes[end++] = NEWLINE; // the file's last line: ended in the slack behind the chunk
    if (chunk.format === 'csv') this.setColumns(chunk.columns ?? []);
    const useKernel = chunk.format === 'csv' && this.kernelReads;
    if (useKernel) this.kernel.load(bytes, chunk.start, end);
    for (let at = chunk.start; at < end; ) {
      if (useKernel) at = this.parseByKernel(chunk, at, end);
      else at = chunk.format === 'csv' ? this.parseCsv(chunk, at, end) : this.parseNdjson(chunk, at, end);
      if (this.isFull) yield* this.drain();
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
    const tally: Tally = {
      hours,
      unknown: [this.unknownRead, this.unknownRejected],
      redriven: this.redriven,
      currencies: [...this.cleaner.currencies],
    };
    const rejects: RangeRejects = { source, rangeStart, lines: this.lines, rejects: this.rejects };
    this.cleaner.currencies.clear();
    this.hours.clear();
    this.unknownRead = 0;
    this.unknownRejected = 0;
    this.redriven = [];
    this.apart = 0;
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
    for (const silver of this.silver?.drain() ?? []) yield { silver };
    if (this.dimensions.isFull) {
      this.dimensions.clear();
      this.kernel.clear();
    }
  }

  /** Parses CSV lines from an offset on, by the kernel, until it has no more room; returns where the next line begins. */
  private parseByKernel(chunk: RawChunk, from: number, end: number): number {
    const { kernel } = this;
    const next = kernel.parse(from - chunk.start, end - chunk.start) + chunk.start;
    this.builder.addPacked(kernel);
    const firstLine = this.lines;
    for (let i = 0; i < kernel.otherCount; i++) {
      this.lines = firstLine + kernel.otherLines[i];
      this.parseLine(chunk, chunk.start + kernel.others[i]);
    }
    this.lines = firstLine + kernel.lineCount;
    return next;
  }

  /** Parses CSV lines from an offset on, until the chunk ends or batches have to be given out; returns where the next line begins. */
  private parseCsv(chunk: RawChunk, from: number, end: number): number {
    let at = from;
    while (at < end && !this.isFull) {
      at = this.parseLine(chunk, at);
      this.lines++;
    }
    return at;
  }

  /** Parses the CSV line at an offset by the plain path, which knows all the rules; returns where the next line begins. */
  private parseLine(chunk: RawChunk, at: number): number {
    const { splitter } = this;
    splitter.open(chunk.bytes);
    const line = splitter.split(at);
    if (line === Line.record) {
      const reason = this.cleaner.accept(splitter.row);
      if (reason !== KEPT) this.reject(chunk, at, splitter.lineEnd, reason, splitter.row);
    } else if (line === Line.malformed) {
      this.rejectUnread(chunk, at, splitter.lineEnd, MALFORMED, splitter.fault);
    }
    return splitter.next;
  }

  /** The same for NDJSON. */
  private parseNdjson(chunk: RawChunk, from: number, end: number): number {
    const { bytes } = chunk;
    const { cleaner } = this;
    let at = from;
    while (at < end && !this.isFull) {
      const newline = bytes.indexOf(NEWLINE, at);
      const lineEnd = newline > at && bytes[newline - 1] === RETURN ? newline - 1 : newline;
      if (isBlank(bytes, at, lineEnd)) {
        // no record
      } else {
        const row = this.jsonRow(bytes, at, lineEnd);
        const reason = row === undefined ? NOT_JSON : cleaner.accept(row);
        if (row === undefined) this.rejectUnread(chunk, at, lineEnd, NOT_JSON, this.json.fault);
        else if (reason !== KEPT) this.reject(chunk, at, lineEnd, reason, row);
      }
      at = newline + 1;
      this.lines++;
    }
    return at;
  }

  private *parseMessages(chunk: MessageChunk): Generator<ParsedPart> {
    for (let message = 0; message < chunk.count; message++) {
      this.parseMessage(chunk, message);
      if (this.isFull) yield* this.drain();
    }
  }

  private parseMessage(chunk: MessageChunk, message: number): void {
    const { bounds, publishTimes, timestamps, redriveOf } = chunk;
    const { cleaner } = this;
    const start = bounds[2 * message];
    const end = bounds[2 * message + 1];
    const row = this.jsonRow(chunk.bytes, start, end);
    const latest = publishTimes[message] + this.maxFutureSkewMs;
    const reason = row === undefined ? NOT_JSON : cleaner.accept(row, latest);
    const hour = row === undefined ? undefined : cleaner.hour;
    if (reason !== KEPT) {
      if (hour === undefined) this.countUnknown();
      this.rejects.push({
        ...{ source: chunk.source, position: messageId(chunk, message) },
        ...{ range: null, lineInRange: null, columns: null },
        reason: REJECT_REASONS[reason],
        message: row === undefined ? this.json.fault : rejectMessage(reason, row),
        ...encodePayload(chunk.bytes.subarray(start, end)),
        eventTime: hour === undefined ? null : cleaner.time,
      });
    }
    if (hour !== undefined && Math.abs(timestamps[message] - cleaner.time) > APART_MS) this.apart++;
    const identity = redriveOf.get(message);
    if (identity !== undefined) this.redriven.push([hour?.hour ?? null, identity]);
  }

  /** Messages of the range so far that the source took for ones of another time than their data says, by more than a minute. */
  get timesApart(): number {
    return this.apart;
  }

  /** The fields of a JSON object; undefined where it is none. */
  private jsonRow(bytes: Uint8Array, start: number, end: number): FieldRow | undefined {
    if (this.scanner.scan(bytes, start, end)) return this.scanner.row;
    return this.json.read(bytes.subarray(start, end)) ? this.json.row : undefined;
  }

  private get isFull(): boolean {
    return this.builder.size >= MAX_BUFFERED || this.dimensions.isFull;
  }

  private setColumns(columns: readonly string[]): void {
    const key = JSON.stringify(columns);
    if (key === this.columns) return;
    this.columns = key;
    this.splitter = new CsvSplitter(columns);
    this.kernelReads = this.allowKernel && kernelCanRead(columns);
    if (this.kernelReads) this.kernel.setColumns(columns);
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
