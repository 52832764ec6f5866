/**
 * Elements on the wire: timestamp, windows and pane, then the value.
 *
 * What goes before the value, timestamps apart, comes from few different ones in a bundle: it is decoded and encoded anew only where it changes, and elements share the objects.
 */
import { type Coder, Context } from 'apache-beam/coders/coders';
import { IterableCoder, PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import type { PaneInfo, Window } from 'apache-beam/values';
import Long from 'long';
import { Reader } from 'protobufjs/minimal';
import { ValueEncoder } from '../bytes';
import type { Element } from '../elements';

const TIMESTAMP_BYTES = 8;
/** Timestamps are written as numbers from 0: with the sign turned over, so that their bytes are in their order. */
const SIGN = 0x80000000 | 0;

const PANE_CODER = PaneInfoCoder.INSTANCE as Coder<PaneInfo>;
const NOTHING = new Uint8Array();

/** Reads the elements of one message after another. Values may be views on the message's bytes. */
export class WindowedValueReader {
  private readonly windowsCoder: Coder<Window[]>;
  private reader = new Reader(NOTHING);
  private view: DataView = new DataView(NOTHING.buffer);
  /** Windows and pane of the element before, and the bytes they were read from. */
  private header: Uint8Array = NOTHING;
  private windows: Window[] = [];
  private pane: PaneInfo | undefined;

  constructor(
    private readonly valueCoder: Coder<unknown>,
    windowCoder: Coder<unknown>,
  ) {
    this.windowsCoder = new IterableCoder(windowCoder) as never;
  }

  open(message: Uint8Array): void {
    // Not as a Buffer, of which readers would make an empty one in a way that Node warns of.
    const bytes = new Uint8Array(message.buffer, message.byteOffset, message.length);
    this.reader = new Reader(bytes);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether the message has been read to its end. Its bytes are let go then. */
  get isAtEnd(): boolean {
    if (this.reader.pos < this.reader.len) return false;
    this.open(NOTHING);
    return true;
  }

  /** @throws Error what a coder throws, or where the message ends within an element */
  next(): Element {
    const { reader, view } = this;
    const at = reader.pos;
    const timestamp = new Long(view.getInt32(at + 4), view.getInt32(at) ^ SIGN);
    const start = at + TIMESTAMP_BYTES;
    if (this.repeatsAt(start)) reader.pos = start + this.header.length;
    else this.readHeader(start);
    const value = this.valueCoder.decode(reader, Context.needsDelimiters);
    if (reader.pos > reader.len) throw new RangeError('The message ends within an element');
    return { value, windows: this.windows, timestamp, pane: this.pane! };
  }

  private repeatsAt(start: number): boolean {
    const { header } = this;
    const { buf, len } = this.reader;
    if (header.length === 0 || start + header.length > len) return false;
    for (let i = 0; i < header.length; i++) if (buf[start + i] !== header[i]) return false;
    return true;
  }

  private readHeader(start: number): void {
    const { reader } = this;
    reader.pos = start;
    this.windows = [...this.windowsCoder.decode(reader, Context.needsDelimiters)];
    this.pane = PANE_CODER.decode(reader, Context.needsDelimiters);
    this.header = reader.buf.slice(start, reader.pos);
  }
}

/** Writes elements where the caller wants them: first the length is known, then the bytes are written. */
export class WindowedValueWriter {
  private readonly windowsCoder: Coder<Window[]>;
  private readonly values = new ValueEncoder();
  private readonly headers = new ValueEncoder();
  private windows: Window[] | undefined;
  private pane: PaneInfo | undefined;
  private header: Uint8Array = NOTHING;
  private timestamp = Long.ZERO;

  constructor(
    private readonly valueCoder: Coder<unknown>,
    windowCoder: Coder<unknown>,
  ) {
    this.windowsCoder = new IterableCoder(windowCoder) as never;
  }

  /** The element's length in bytes. Coders may keep references to the value until `writeTo`. */
  measure({ value, windows, timestamp, pane }: Element): number {
    if (windows !== this.windows || pane !== this.pane) this.encodeHeader(windows, pane);
    this.timestamp = timestamp;
    const bytes = this.values.measure(this.valueCoder, value, Context.needsDelimiters);
    return TIMESTAMP_BYTES + this.header.length + bytes;
  }

  /** Writes the element measured last; `into` has to be of its length. */
  writeTo(into: Uint8Array): void {
    writeInt32(into, 0, this.timestamp.high ^ SIGN);
    writeInt32(into, 4, this.timestamp.low);
    into.set(this.header, TIMESTAMP_BYTES);
    this.values.writeTo(into.subarray(TIMESTAMP_BYTES + this.header.length));
  }

  private encodeHeader(windows: Window[], pane: PaneInfo): void {
    const encodedWindows = this.headers.bytes(this.windowsCoder, windows, Context.needsDelimiters);
    const encodedPane = this.headers.bytes(PANE_CODER, pane, Context.needsDelimiters);
    this.header = new Uint8Array(encodedWindows.length + encodedPane.length);
    this.header.set(encodedWindows);
    this.header.set(encodedPane, encodedWindows.length);
    this.windows = windows;
    this.pane = pane;
  }
}

function writeInt32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}
