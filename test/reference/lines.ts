/**
 * A file as its lines: where each begins, which number it has, and its bytes. Lines end with LF or CRLF; a byte order mark at the start of the
 * file belongs to no line.
 */

export interface Line {
  /** From 1; every line counts, the header and empty ones too. */
  readonly number: number;
  /** Offset of the line's first byte in the file. */
  readonly position: number;
  /** The line without its end. */
  readonly bytes: Buffer;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LF = 10;
const CR = 13;

/** The lines of a file, without those that hold nothing but white space. */
export function linesOf(file: Buffer): Line[] {
  const lines: Line[] = [];
  let position = file.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  for (let number = 1; position < file.length; number++) {
    const lf = file.indexOf(LF, position);
    const next = lf < 0 ? file.length : lf + 1;
    let end = lf < 0 ? file.length : lf;
    if (lf > position && file[lf - 1] === CR) end--;
    const bytes = file.subarray(position, end);
    if (trim(bytes.toString('latin1')) !== '') lines.push({ number, position, bytes });
    position = next;
  }
  return lines;
}

/** Text without ASCII white space (space, tab, LF, VT, FF, CR) at both ends. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE_SPACE.includes(text[start])) start++;
  while (start < end && WHITE_SPACE.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

const WHITE_SPACE = ' \t\n\v\f\r';
