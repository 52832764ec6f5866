/**
 * Cells as bytes: number of cells, bytes of text and number of large sums; four counts and the revenue of each as doubles; the length of each name in characters; all
 * names as one UTF-8 text; then the sums that no double holds exactly, as JSON. Decoding is a few copies, where JSON would parse every number.
 */
import { type Cells, COUNTS } from './cells';

const HEADER = 12;

export function encodeCells(cells: Cells): Uint8Array {
  const n = cells.names.length;
  const text = Buffer.from(cells.names.join(''), 'utf8');
  const large: [cell: number, revenue: string][] = [];
  const numbers = new Float64Array(n * (COUNTS + 1));
  numbers.set(cells.counts);
  for (let cell = 0; cell < n; cell++) {
    const revenue = cells.revenue[cell];
    if (revenue > Number.MAX_SAFE_INTEGER) large.push([cell, String(revenue)]);
    else numbers[n * COUNTS + cell] = Number(revenue);
  }
  const largeText = large.length > 0 ? Buffer.from(JSON.stringify(large), 'utf8') : new Uint8Array(0);
  const bytes = new Uint8Array(HEADER + numbers.byteLength + n * 4 + text.length + largeText.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, n, true);
  view.setUint32(4, text.length, true);
  view.setUint32(8, largeText.length, true);
  let at = HEADER;
  bytes.set(new Uint8Array(numbers.buffer), at);
  at += numbers.byteLength;
  for (let cell = 0; cell < n; cell++, at += 4) view.setUint32(at, cells.names[cell].length, true);
  bytes.set(text, at);
  bytes.set(largeText, at + text.length);
  return bytes;
}

export function decodeCells(bytes: Uint8Array): Cells {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const n = view.getUint32(0, true);
  const textLength = view.getUint32(4, true);
  const largeLength = view.getUint32(8, true);
  const numbers = new Float64Array(n * (COUNTS + 1));
  let at = HEADER;
  new Uint8Array(numbers.buffer).set(bytes.subarray(at, at + numbers.byteLength));
  at += numbers.byteLength;
  const textAt = at + n * 4;
  const text = utf8(bytes.subarray(textAt, textAt + textLength));
  const names = new Array<string>(n);
  for (let cell = 0, from = 0; cell < n; cell++, at += 4) {
    const length = view.getUint32(at, true);
    names[cell] = text.slice(from, from + length);
    from += length;
  }
  const revenue = Array.from(numbers.subarray(n * COUNTS), BigInt);
  if (largeLength > 0) {
    const large = JSON.parse(
      utf8(bytes.subarray(textAt + textLength, textAt + textLength + largeLength)),
    ) as [number, string][];
    for (const [cell, sum] of large) revenue[cell] = BigInt(sum);
  }
  return { names, counts: numbers.subarray(0, n * COUNTS), revenue };
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
