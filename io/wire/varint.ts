/** Numbers in protobuf's wire form: seven bits a byte, the lowest first; a negative one as 64 bits of two's complement. */

/** Bytes of a whole number, of which a double holds every digit. */
export function varintLength(value: number): number {
  if (value < 0) return 10;
  if (value < 0x80) return 1;
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/** Writes a whole number; returns where it ends. */
export function writeVarint(value: number, into: Uint8Array, at: number): number {
  if (value >= 0 && value < 0x80) {
    into[at] = value;
    return at + 1;
  }
  if (value < 0) return writeNegative(value, into, at);
  let end = at;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) into[end++] = (rest % 0x80) | 0x80;
  into[end++] = rest;
  return end;
}

function writeNegative(value: number, into: Uint8Array, at: number): number {
  let end = at;
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) into[end++] = Number(rest & 0x7fn) | 0x80;
  into[end++] = Number(rest);
  return end;
}
