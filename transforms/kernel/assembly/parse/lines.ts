/** Lines of CSV → packed records, sixty-four bytes at a step. */
import * as output from './output';
import { ENDS, hour, millis, packLine } from './record';

let columns: i32 = 0;
/** Lines of the last call. */
export let lineCount: u32 = 0;

export function setColumnCount(count: i32): void {
  columns = count;
}

@inline
function mask64(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>i8x16.bitmask(a) | (<u64>i8x16.bitmask(b) << 16) | (<u64>i8x16.bitmask(c) << 32) | (<u64>i8x16.bitmask(d) << 48);
}

/** Bytes that need the host's attention: quotes, control characters and everything beyond ASCII (negative as signed bytes), newlines not counted. */
@inline
function unusual(v: v128, newline: v128): v128 {
  const quote = i8x16.eq(v, i8x16.splat(0x22));
  const control = i8x16.lt_s(v, i8x16.splat(0x20));
  return v128.andnot(v128.or(quote, control), newline);
}

/**
 * Parses lines from offset `from` of the chunk on, up to `end`, where a line must end; stops early when there is no room for more. Returns the offset of the next line.
 */
export function parseLines(chunk: usize, from: u32, end: u32): u32 {
  output.clear();
  lineCount = 0;
  const last = chunk + end;
  let lineStart = chunk + from;
  let field: i32 = 0;
  let special = false;
  for (let at = lineStart; at < last; at += 64) {
    const v0 = v128.load(at);
    const v1 = v128.load(at, 16);
    const v2 = v128.load(at, 32);
    const v3 = v128.load(at, 48);
    const n0 = i8x16.eq(v0, i8x16.splat(0x0a));
    const n1 = i8x16.eq(v1, i8x16.splat(0x0a));
    const n2 = i8x16.eq(v2, i8x16.splat(0x0a));
    const n3 = i8x16.eq(v3, i8x16.splat(0x0a));
    const newlines = mask64(n0, n1, n2, n3);
    const commas = mask64(i8x16.eq(v0, i8x16.splat(0x2c)), i8x16.eq(v1, i8x16.splat(0x2c)), i8x16.eq(v2, i8x16.splat(0x2c)), i8x16.eq(v3, i8x16.splat(0x2c)));
    const returns = mask64(i8x16.eq(v0, i8x16.splat(0x0d)), i8x16.eq(v1, i8x16.splat(0x0d)), i8x16.eq(v2, i8x16.splat(0x0d)), i8x16.eq(v3, i8x16.splat(0x0d)));
    const valid: u64 = last - at >= 64 ? ~(<u64>0) : ((<u64>1) << (last - at)) - 1;
    // A carriage return is usual only right before a newline. One at the window's last byte counts as unusual: the host will see that it isn't.
    let odd = mask64(unusual(v0, n0), unusual(v1, n1), unusual(v2, n2), unusual(v3, n3)) & ~(returns & (newlines >> 1)) & valid;
    let ends = (commas | newlines) & valid;
    while (ends !== 0) {
      const bit = ctz<u64>(ends);
      ends &= ends - 1;
      const position = at + <usize>bit;
      if (((newlines >> bit) & 1) === 0) {
        if (field < 255) store<u32>(ENDS + (<usize>field << 2), <u32>position);
        field++;
        continue;
      }
      const below = ((<u64>1) << bit) - 1;
      special = special || (odd & below) !== 0;
      odd &= ~below;
      const lineEnd = position > lineStart && load<u8>(position - 1) === 0x0d ? position - 1 : position;
      if (field < 255) store<u32>(ENDS + (<usize>field << 2), <u32>lineEnd);
      field++;
      if (!special && field === columns && packLine(lineStart, output.next())) {
        output.keep(hour, millis);
      } else {
        output.leave(<u32>(lineStart - chunk), lineCount);
      }
      lineCount++;
      lineStart = position + 1;
      field = 0;
      special = false;
      if (output.isFull()) return <u32>(lineStart - chunk);
    }
    special = special || odd !== 0;
  }
  return <u32>(lineStart - chunk);
}
