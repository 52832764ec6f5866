/** What one bundle sends over one edge: encoded into a buffer, which leaves when it is full. */
import type { Elements_Data } from 'apache-beam/proto/beam_fn_api';
import type { BundleSink } from '../descriptor';
import type { Element } from '../elements';
import type { MaybePromise } from '../maybe_promise';
import type { DataStream } from './data_stream';
import type { WindowedValueWriter } from './windowed_values';

/** Buffers begin small, since most edges of most bundles see little, and leave at about this size. */
const FIRST_BUFFER_BYTES = 4 * 1024;
const FULL_BYTES = 1024 * 1024;

export class DataSink implements BundleSink {
  private buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  private filled = 0;

  constructor(
    private readonly instructionId: string,
    private readonly transformId: string,
    private readonly stream: DataStream,
    private readonly writer: WindowedValueWriter,
  ) {}

  write(element: Element): MaybePromise<void> {
    const length = this.writer.measure(element);
    const from = this.filled;
    if (from + length > this.buffer.length) this.makeRoom(from + length);
    this.filled += length;
    this.writer.writeTo(this.buffer.subarray(from, from + length));
    return this.filled >= FULL_BYTES ? this.flush() : undefined;
  }

  /** Sends the rest, and says that it was the last; also where the bundle had nothing for the edge. */
  finish(): MaybePromise<void> {
    const end = this.part(new Uint8Array(), true);
    const data = this.filled === 0 ? [end] : [this.part(this.taken(), false), end];
    return this.stream.send({ data, timers: [] });
  }

  /** The buffer is another before anybody can wait: what is written meanwhile is not sent twice. */
  private flush(): MaybePromise<void> {
    return this.stream.send({ data: [this.part(this.taken(), false)], timers: [] });
  }

  private taken(): Uint8Array {
    const taken = this.buffer.subarray(0, this.filled);
    this.buffer = new Uint8Array(Math.min(this.buffer.length, FULL_BYTES));
    this.filled = 0;
    return taken;
  }

  private makeRoom(bytes: number): void {
    const larger = new Uint8Array(Math.max(bytes, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.filled));
    this.buffer = larger;
  }

  private part(data: Uint8Array, isLast: boolean): Elements_Data {
    return { instructionId: this.instructionId, transformId: this.transformId, data, isLast };
  }
}
