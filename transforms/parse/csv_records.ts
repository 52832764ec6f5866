import type { RawChunk } from '../../schema/chunk';
import { REJECT_REASONS } from '../../schema/events';
import { KEPT } from '../clean/cleaner';
import { kernelCanRead } from '../kernel/parse_kernel';
import { CsvSplitter, Line } from './csv_splitter';
import type { Parsing, RecordReader } from './parsing';
import { encodePayload, rejectMessage } from './reject';

const MALFORMED = REJECT_REASONS.indexOf('malformed_row');

/** Reads the lines of CSV chunks. */
export class CsvRecords implements RecordReader {
  private splitter = new CsvSplitter([]);
  private columns = '';
  private kernelReads = false;
  private chunk!: RawChunk;
  private at = 0;
  private end = 0;

  constructor(private readonly parsing: Parsing) {}

  get isDone(): boolean {
    return this.at >= this.end;
  }

  /** Begins a chunk that ends at `end`, with a newline. */
  open(chunk: RawChunk, end: number): void {
    this.chunk = chunk;
    this.at = chunk.start;
    this.end = end;
    this.setColumns(chunk.columns ?? []);
    this.splitter.open(chunk.bytes);
    if (this.kernelReads) this.parsing.kernel.load(chunk.bytes, chunk.start, end);
  }

  parse(): void {
    if (this.kernelReads) this.parseByKernel();
    else this.parsePlainly();
  }

  private parseByKernel(): void {
    const { kernel, builder, books } = this.parsing;
    const { start } = this.chunk;
    this.at = kernel.parseLines(this.at - start, this.end - start) + start;
    builder.addPacked(kernel);
    const firstLine = books.lines;
    for (let i = 0; i < kernel.otherCount; i++) {
      books.lines = firstLine + kernel.otherLines[i];
      this.parseLine(start + kernel.others[i]);
    }
    books.lines = firstLine + kernel.lineCount;
  }

  private parsePlainly(): void {
    while (!this.isDone && !this.parsing.isFull) {
      this.at = this.parseLine(this.at);
      this.parsing.books.lines++;
    }
  }

  /** Parses the line at an offset by the plain path, which knows all the rules; returns where the next line begins. */
  private parseLine(at: number): number {
    const { splitter } = this;
    const { cleaner } = this.parsing;
    const line = splitter.split(at);
    if (line === Line.record) {
      const reason = cleaner.accept(splitter.row);
      if (reason !== KEPT)
        this.reject(at, reason, rejectMessage(reason, splitter.row), cleaner.hour !== undefined);
    } else if (line === Line.malformed) this.reject(at, MALFORMED, splitter.fault, false);
    return splitter.next;
  }

  private reject(at: number, reason: number, message: string, isTimed: boolean): void {
    const { chunk } = this;
    const { books, cleaner } = this.parsing;
    const record = {
      ...{ source: chunk.source, position: String(chunk.position + at - chunk.start) },
      ...{ range: chunk.rangeStart, lineInRange: books.lines, columns: chunk.columns, reason, message },
      ...encodePayload(chunk.bytes.subarray(at, this.splitter.lineEnd)),
      eventTime: isTimed ? cleaner.time : null,
    };
    books.reject(record, isTimed ? cleaner.hour : undefined);
  }

  private setColumns(columns: readonly string[]): void {
    const key = JSON.stringify(columns);
    if (key === this.columns) return;
    this.columns = key;
    this.splitter = new CsvSplitter(columns);
    this.kernelReads = this.parsing.isPacked && kernelCanRead(columns);
    if (this.kernelReads) this.parsing.kernel.setColumns(columns);
  }
}
