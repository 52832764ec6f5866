/** A 32-bit hash of a byte range, for hash tables that compare bytes anyway. Reads up to three bytes behind `end`. */
export function tableHash(view: DataView, start: number, end: number): number {
  let h = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) h = Math.imul(h ^ view.getInt32(at, true), 0x9e3779b1) ^ (h >>> 15);
  const rest = end - at;
  if (rest > 0)
    h = Math.imul(h ^ (view.getInt32(at, true) & ((1 << (rest * 8)) - 1)), 0x9e3779b1) ^ (h >>> 15);
  return h ^ (h >>> 15);
}
