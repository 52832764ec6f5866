/** Where a bundle is cut when the runner wants a part of it back. */

export interface DesiredSplit {
  /** Of what is left, how much to keep: 0 nothing more than the element at work, 1 everything. */
  readonly fractionOfRemainder: number;
  /** Where to cut; anywhere, if empty. */
  readonly allowedSplitPoints: readonly bigint[];
  /** How many elements the bundle has, as far as the runner knows. */
  readonly estimatedInputElements: bigint;
}

/** How much of an element at work is done: nobody knows. */
const ELEMENT_PROGRESS = 0.5;

/**
 * The index of the first element to give away, or undefined where none can be.
 *
 * @param index the element at work, -1 before the first: it is never given away
 * @param end where the bundle has been cut before, else infinity
 */
export function splitPoint(index: number, end: number, desired: DesiredSplit): number | undefined {
  const elements = Math.min(Number(desired.estimatedInputElements), end);
  const progress = index < 0 ? 1 : ELEMENT_PROGRESS;
  const remainder = elements - index - progress;
  const fraction = Math.min(Math.max(desired.fractionOfRemainder, 0), 1);
  const wanted = index + Math.max(1, Math.round(progress + remainder * fraction));
  const point = desired.allowedSplitPoints.length === 0 ? wanted : nearest(wanted, index, desired);
  return point !== undefined && point > index && point < elements ? point : undefined;
}

function nearest(wanted: number, index: number, { allowedSplitPoints }: DesiredSplit): number | undefined {
  let best: number | undefined;
  for (const allowed of allowedSplitPoints) {
    const point = Number(allowed);
    if (point <= index) continue;
    if (best === undefined || Math.abs(point - wanted) < Math.abs(best - wanted)) best = point;
  }
  return best;
}
