/**
 * Cells as bytes. Little-endian: number of cells, bytes of their names' text, bytes of the large sums, 0 (32 bits each); four counts and the revenue of each cell as doubles, counts
 * first; for each name its length in UTF-16 units; all names in UTF-8; the sums that no double holds as JSON.
 */
import { Cells, COUNTS } from './cells';

const HEADER = 16;

export function encodeCells(cells: Cells): Uint8Array {
  const n = cells.size;
  const text = cells.names.join('');
  const textLength = Buffer.byteLength(text, 'utf8');
  const large =
    cells.large.size === 0 ? '' : JSON.stringify([...cells.large].map(([cell, sum]) => [cell, String(sum)]));
  const lengthsAt = HEADER + n * (COUNTS + 1) * 8;
  const textAt = lengthsAt + n * 4;
  const buffer = new ArrayBuffer(textAt + textLength + large.length);
  new Uint32Array(buffer, 0, 3).set([n, textLength, large.length]);
  new Float64Array(buffer, HEADER, n * COUNTS).set(cells.counts.subarray(0, n * COUNTS));
  new Float64Array(buffer, HEADER + n * COUNTS * 8, n).set(cells.revenues.subarray(0, n));
  const lengths = new Uint32Array(buffer, lengthsAt, n);
  for (let cell = 0; cell < n; cell++) lengths[cell] = cells.names[cell].length;
  const bytes = Buffer.from(buffer);
  bytes.write(text, textAt, 'utf8');
  bytes.write(large, textAt + textLength, 'latin1');
  return bytes;
}

export function decodeCells(block: Uint8Array): Cells {
  const buffer = new ArrayBuffer(block.length);
  const bytes = Buffer.from(buffer);
  bytes.set(block);
  const [n, textLength, largeLength] = new Uint32Array(buffer, 0, 3);
  const counts = new Float64Array(buffer, HEADER, n * COUNTS);
  const revenues = new Float64Array(buffer, HEADER + n * COUNTS * 8, n);
  const lengthsAt = HEADER + n * (COUNTS + 1) * 8;
  const lengths = new Uint32Array(buffer, lengthsAt, n);
  const textAt = lengthsAt + n * 4;
  const text = bytes.toString('utf8', textAt, textAt + textLength);
  const names = new Array<string>(n);
  for (let cell = 0, from = 0; cell < n; cell++) {
    names[cell] = text.slice(from, from + lengths[cell]);
    from += lengths[cell];
  }
  return new Cells(
    names,
    counts,
    revenues,
    largeSums(bytes.subarray(textAt + textLength, textAt + textLength + largeLength)),
  );
}

const NONE: ReadonlyMap<number, bigint> = new Map();

function largeSums(json: Buffer): ReadonlyMap<number, bigint> {
  if (json.length === 0) return NONE;
  const sums = JSON.parse(json.toString('latin1')) as [number, string][];
  return new Map(sums.map(([cell, sum]) => [cell, BigInt(sum)]));
}
