/** Values to bytes and back, without copies the coders don't make themselves. */

import { type Coder, Context } from 'apache-beam/coders/coders';
import { Reader, Writer } from 'protobufjs/minimal';

/** What protobufjs keeps of each write until `finish`: known length, and a function that puts the bytes in place. */
interface PendingWrite {
  readonly fn: (value: unknown, into: Uint8Array, at: number) => void;
  readonly len: number;
  readonly val: unknown;
  readonly next?: PendingWrite;
}

/** Encodes one value at a time: first its length is known, then it is written where its bytes shall be. */
export class ValueEncoder {
  private readonly writer = new Writer();

  /** Encodes the value and returns its length. The coder may keep references to the value until `writeTo`. */
  measure<T>(coder: Coder<T>, value: T, context: Context): number {
    this.writer.reset();
    coder.encode(value, this.writer, context);
    return this.writer.len;
  }

  /** Writes the value measured last; `into` has to be of its length. */
  writeTo(into: Uint8Array): void {
    let at = 0;
    const head = (this.writer as unknown as { head: PendingWrite }).head;
    for (let write = head.next; write !== undefined; write = write.next) {
      write.fn(write.val, into, at);
      at += write.len;
    }
    this.writer.reset();
  }

  bytes<T>(coder: Coder<T>, value: T, context: Context): Uint8Array {
    const bytes = new Uint8Array(this.measure(coder, value, context));
    this.writeTo(bytes);
    return bytes;
  }

  /** The bytes as a string of one character each: small, comparable, and a Map's key. */
  latin1<T>(coder: Coder<T>, value: T): string {
    return latin1Of(this.bytes(coder, value, Context.needsDelimiters));
  }
}

/** Decodes one value that fills all of the bytes; coders may return views on them. */
export function decode<T>(coder: Coder<T>, bytes: Uint8Array, context: Context = Context.wholeStream): T {
  return coder.decode(new Reader(bytes), context);
}

/** Decodes what `ValueEncoder.latin1` wrote. */
export function decodeLatin1<T>(coder: Coder<T>, text: string): T {
  return decode(coder, bytesOf(text), Context.needsDelimiters);
}

/** Below this many bytes a loop beats the way into the engine. */
const FEW_BYTES = 32;

export function latin1Of(bytes: Uint8Array): string {
  if (bytes.length < FEW_BYTES) {
    let text = '';
    for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
    return text;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function bytesOf(latin1: string): Uint8Array {
  const bytes = new Uint8Array(latin1.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = latin1.charCodeAt(i);
  return bytes;
}
