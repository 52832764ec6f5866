/**
 * Parses the records of raw chunks and hands them to the cleaner, keeping what was rejected and what the ledger has to know.
 */
import type { MessageChunk, RawChunk } from '../../schema/chunk';
import { BatchBuilder, type KeyedBatch, type Sharding } from '../clean/batch_builder';
import { Cleaner } from '../clean/cleaner';
import { Dimensions } from '../clean/dimensions';
import { ParseKernel } from '../kernel/parse_kernel';
import { type SilverBatch, SilverCollector } from '../silver/silver_collector';
import { CsvRecords } from './csv_records';
import { APART_MS, MessageRecords } from './message_records';
import { NdjsonRecords } from './ndjson_records';
import type { Parsing, RecordReader } from './parsing';
import { RangeBooks } from './range_books';
import type { RangeRejects, Tally } from './tally';

const NEWLINE = 10;

/** Records after which batches are given out although the chunk goes on; bounds memory for chunks of any size. */
const MAX_BUFFERED = 2_000_000;

/** What comes out of parsing, one of four kinds. */
export type ParsedPart =
  | { batch: KeyedBatch }
  | { silver: SilverBatch }
  | { tally: Tally }
  | { rejects: RangeRejects };

export class ChunkParser implements Parsing {
  readonly kernel = new ParseKernel((brand, category) => this.dimensions.pairOf(brand, category), APART_MS);
  readonly isPacked: boolean;
  readonly builder: BatchBuilder;
  readonly cleaner: Cleaner;
  readonly books = new RangeBooks();
  private readonly dimensions = new Dimensions();
  private readonly silver: SilverCollector | null;
  private readonly csv: CsvRecords;
  private readonly ndjson: NdjsonRecords;
  private readonly messages: MessageRecords;

  /**
   * `kernel: false` has the plain path do every record, which is what the kernel is tested against; `silver` keeps whole records, too, for which the plain path
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
    this.isPacked = kernel && !silver;
    this.csv = new CsvRecords(this);
    this.ndjson = new NdjsonRecords(this);
    this.messages = new MessageRecords(this, maxFutureSkewMs ?? Number.POSITIVE_INFINITY);
  }

  get isFull(): boolean {
    return this.builder.size >= MAX_BUFFERED || this.dimensions.isFull;
  }

  /** Messages of the range so far that the source took for ones of another time than their data says, by more than a minute. */
  get timesApart(): number {
    return this.books.apart;
  }

  /** Parses a chunk; yields batches when enough have come together. Call {@link finish} for the rest. */
  *parse(chunk: RawChunk | MessageChunk): Generator<ParsedPart> {
    const records = this.open(chunk);
    while (!records.isDone) {
      records.parse();
      if (this.isFull) yield* this.drain();
    }
  }

  /** Gives out what has been collected of the range that began at `rangeStart`: the last batches, then the tally and the rejects. Begins anew for the next range. */
  *finish(source: string, rangeStart: number): Generator<ParsedPart> {
    yield* this.drain();
    const { currencies } = this.cleaner;
    const { tally, rejects } = this.books.end(source, rangeStart, [...currencies]);
    currencies.clear();
    yield { tally };
    yield { rejects };
  }

  private open(chunk: RawChunk | MessageChunk): RecordReader {
    if (chunk.format === 'messages') {
      this.messages.open(chunk);
      return this.messages;
    }
    this.books.lines += chunk.linesBefore;
    const { bytes, start } = chunk;
    let { end } = chunk;
    if (end > start && bytes[end - 1] !== NEWLINE) bytes[end++] = NEWLINE; // the file's last line: ended in the slack behind the chunk
    const records = chunk.format === 'csv' ? this.csv : this.ndjson;
    records.open(chunk, end);
    return records;
  }

  private *drain(): Generator<ParsedPart> {
    for (const hour of this.builder.hoursSeen()) this.books.addHour(hour);
    for (const batch of this.builder.drain()) yield { batch };
    for (const silver of this.silver?.drain() ?? []) yield { silver };
    if (this.dimensions.isFull) {
      this.dimensions.clear();
      this.kernel.clear();
    }
  }
}
