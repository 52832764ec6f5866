/** The order of stores: texts by their UTF-8 bytes. */

/** Below 0 where `a` comes first. Code units are in the order of the bytes, but for halves of surrogate pairs: their characters come last. */
export function compareTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return placeOf(x) - placeOf(y);
  }
  return a.length - b.length;
}

function placeOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
