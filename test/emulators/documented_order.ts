/**
 * The order of `_CHANGE_SEQUENCE_NUMBER` as BigQuery's documentation of change data capture has it: sections between slashes, at most four of at most sixteen hexadecimal digits, compared one after the other as
 * unsigned numbers.
 */

const FORM = /^[0-9A-Fa-f]{1,16}(\/[0-9A-Fa-f]{1,16}){0,3}$/;

/** Below 0 where `a` is the smaller one. @throws Error where one has another form */
export function compareSequenceNumbers(a: string, b: string): number {
  const [one, other] = [a, b].map((text) => {
    if (!FORM.test(text)) throw new Error(`${text} is no sequence number`);
    return text.split('/').map((section) => BigInt(`0x${section}`));
  });
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const [left, right] = [one[at] ?? 0n, other[at] ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
