import { mix32 } from './random';

/** Bytes reserved for a visitor's columns: 9 digits, a comma, 36 of the session, the line's end. */
export const VISITOR_BYTES = 48;

/** Of 1,024 visits, how many go on with the session id of an earlier one, however old. */
const RETURNING = 6;
const HEX = new TextEncoder().encode('0123456789abcdef');

/**
 * Who visits: a user and a session id, both functions of the visit's number and the seed. So an old id can come back, and a user visit again,
 * without anything being remembered.
 */
export class Visitors {
  constructor(private readonly salt: number) {}

  /** Writes `user_id,user_session` and the line's end of visit `number`; returns the length. */
  write(number: number, anonymous: boolean, out: Uint8Array, at: number): number {
    const luck = this.hash(number, 1);
    const session = (luck & 1023) < RETURNING && number > 0 ? (this.hash(number, 2) >>> 0) % number : number;
    let end = writeDigits(300_000_000 + (this.hash(this.userOf(session), 3) >>> 4), out, at);
    out[end++] = 0x2c;
    if (!anonymous) end = this.writeId(session, out, end);
    out[end++] = 0x0a;
    return end - at;
  }

  /** Five in eight sessions are a new user's; the others are of a user seen lately, or long ago. */
  private userOf(session: number): number {
    const luck = this.hash(session, 4);
    if ((luck & 7) < 5 || session === 0) return session;
    const reach = 1 << (5 + ((luck >>> 3) & 15));
    return session - 1 - ((this.hash(session, 5) >>> 0) % Math.min(reach, session));
  }

  /** A version 4 UUID. */
  private writeId(session: number, out: Uint8Array, at: number): number {
    let end = writeHex(this.hash(session, 6), 28, 0, out, at);
    out[end++] = 0x2d;
    const second = this.hash(session, 7);
    end = writeHex(second, 28, 16, out, end);
    out[end++] = 0x2d;
    end = writeHex((second & 0x0fff) | 0x4000, 12, 0, out, end);
    out[end++] = 0x2d;
    const third = this.hash(session, 8);
    end = writeHex((third & 0x3fffffff) | 0x80000000, 28, 16, out, end);
    out[end++] = 0x2d;
    end = writeHex(third, 12, 0, out, end);
    return writeHex(this.hash(session, 9), 28, 0, out, end);
  }

  private hash(number: number, what: number): number {
    return mix32(number ^ mix32(this.salt + what));
  }
}

/** The hexadecimal digits of `value` from bit `high` down to bit `low`, both multiples of four. */
function writeHex(value: number, high: number, low: number, out: Uint8Array, at: number): number {
  let end = at;
  for (let bit = high; bit >= low; bit -= 4) out[end++] = HEX[(value >>> bit) & 15];
  return end;
}

/** Nine digits. */
function writeDigits(value: number, out: Uint8Array, at: number): number {
  let rest = value;
  for (let i = at + 8; i >= at; i--) {
    const next = (rest / 10) | 0;
    out[i] = 48 + rest - next * 10;
    rest = next;
  }
  return at + 9;
}
