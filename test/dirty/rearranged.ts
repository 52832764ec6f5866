/** The same records in another order or in several files. */
import { Dice } from './dice';

export type Format = 'csv' | 'ndjson';

interface Lines {
  /** Byte order mark and, in CSV, everything through the header line with its end. */
  readonly head: Buffer;
  /** Lines with their ends; the last may lack one. */
  readonly lines: readonly Buffer[];
}

/** The file with its lines in another order; a CSV header stays first. The last line gets a line end if it had none. */
export function shuffleLines(seed: number, file: Buffer, format: Format): Buffer {
  const { head, lines } = split(file, format);
  return Buffer.concat([head, ...new Dice(seed).shuffle(lines.map(ended))]);
}

/** The file in `count` pieces of neighbouring lines, of random sizes; each piece of a CSV file has the header. */
export function cutIntoFiles(seed: number, file: Buffer, format: Format, count: number): Buffer[] {
  const dice = new Dice(seed);
  const { head, lines } = split(file, format);
  const cuts = Array.from({ length: count - 1 }, () => dice.under(lines.length + 1)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) =>
    Buffer.concat([
      format === 'csv' || index === 0 ? head : Buffer.alloc(0),
      ...lines.slice(from, cuts[index] ?? lines.length),
    ]),
  );
}

function split(file: Buffer, format: Format): Lines {
  let start = file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf ? 3 : 0;
  if (format === 'csv') {
    const blank = /^[\t-\r ]*$/;
    let line: string;
    do {
      const end = file.indexOf(10, start) + 1;
      line = file.toString('latin1', start, end);
      start = end;
    } while (blank.test(line));
  }
  const lines: Buffer[] = [];
  for (let at = start; at < file.length; ) {
    const lf = file.indexOf(10, at);
    const end = lf < 0 ? file.length : lf + 1;
    lines.push(file.subarray(at, end));
    at = end;
  }
  return { head: file.subarray(0, start), lines };
}

function ended(line: Buffer): Buffer {
  return line[line.length - 1] === 10 ? line : Buffer.concat([line, Buffer.from('\n')]);
}
