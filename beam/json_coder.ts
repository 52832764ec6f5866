/**
 * Elements as JSON in UTF-8, for everything that is small and few. The SDK's default coder cuts numbers to 32 bits; this one keeps numbers, and bigints too.
 */
import { type Coder, type Context, globalRegistry, type ProtoContext } from 'apache-beam/coders/coders';
import type * as runnerApi from 'apache-beam/proto/beam_runner_api';
import type { Reader, Writer } from 'protobufjs';

const BIGINT = '$bigint';

export class JsonCoder<T = unknown> implements Coder<T> {
  static readonly URN = 'funnelpulse:coder:json:v1';
  readonly type = 'json';

  encode(element: T, writer: Writer, context: Context): void {
    writeText(stringify(element), writer, context);
  }

  decode(reader: Reader, context: Context): T {
    const text = readText(reader, context);
    // A reviver is called for every value there is, which takes ten times as long as parsing.
    return (text.includes(BIGINT) ? JSON.parse(text, objectAsBigint) : JSON.parse(text)) as T;
  }

  toProto(_context: ProtoContext): runnerApi.Coder {
    return { spec: { urn: JsonCoder.URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

/** With a replacer only where there is a bigint, which JSON can't write by itself. */
function stringify(element: unknown): string {
  try {
    return JSON.stringify(element);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(element, bigintAsObject);
  }
}

function bigintAsObject(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { [BIGINT]: String(value) } : value;
}

function objectAsBigint(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const digits = (value as Record<string, unknown>)[BIGINT];
  return typeof digits === 'string' ? BigInt(digits) : value;
}

/** Writes text, with its length in bytes before it where the context asks for delimiters. */
export function writeText(text: string, writer: Writer, context: Context): void {
  const bytes = Buffer.from(text, 'utf8');
  if (context === 'needsDelimiters') writer.uint32(bytes.length);
  writeBlock(bytes, writer);
}

/** Reads what {@link writeText} wrote. */
export function readText(reader: Reader, context: Context): string {
  const bytes = readBlock(reader, context);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Appends bytes in one copy; the SDK's own writeRawBytes copies byte by byte. */
export function writeBlock(bytes: Uint8Array, writer: Writer): void {
  const push = writer as unknown as {
    _push(
      fn: (value: Uint8Array, buffer: Uint8Array, at: number) => void,
      length: number,
      value: Uint8Array,
    ): void;
  };
  push._push((value, buffer, at) => buffer.set(value, at), bytes.length, bytes);
}

/** Reads the bytes that {@link writeBlock} wrote (behind their length where the context asks for delimiters), without copying them. */
export function readBlock(reader: Reader, context: Context): Uint8Array {
  const length = context === 'needsDelimiters' ? reader.uint32() : reader.len - reader.pos;
  const { buf, pos } = reader;
  // Most values fill their bytes: a view on all of them would cost more than reading them.
  const bytes = pos === 0 && length === buf.length ? buf : buf.subarray(pos, pos + length);
  reader.pos += length;
  return bytes;
}

globalRegistry().register(JsonCoder.URN, JsonCoder);
