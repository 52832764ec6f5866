/** Text in protobuf's wire form. The shortest, names of attributes say, are read here: a call into Node's decoder costs more than they do. */

/** Longest text that is read character by character, in bytes. */
const SHORT = 14;

/** @param from first byte; `to` is behind the last one */
export function textAt(bytes: Buffer, from: number, to: number): string {
  if (to - from > SHORT) return bytes.toString('utf8', from, to);
  let text = '';
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte > 0x7f) return bytes.toString('utf8', from, to);
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Writes a text of `length` bytes in UTF-8; returns where it ends. */
export function writeText(text: string, length: number, into: Buffer, at: number): number {
  if (length !== text.length) into.write(text, at, 'utf8');
  else if (length > SHORT) into.write(text, at, 'latin1');
  else for (let index = 0; index < length; index++) into[at + index] = text.charCodeAt(index);
  return at + length;
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
