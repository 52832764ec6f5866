/** The two combines of the trailing baseline: hours → the digest of their day, digests of some weeks → the baseline over them. Both keep, of each hour or day, the fullest that has come. */
import type { Coder } from 'apache-beam/coders/coders';
import type { KeyedCombineFn } from '../../beam/combine';
import { ListCoder } from '../../beam/list_coder';
import { type Baseline, BaselineBuilder } from './baseline';
import type { HourBrands } from './baseline_fn';
import { addHours, type DayDigest, DayDigestCoder, dayOf, packHours } from './day_digest';
import { HourBrandsCoder } from './hour_brands_coder';

/**
 * Keeps the fullest of each part, by revision. A part only grows, so that is the latest whatever order panes come in and however often one comes again; an hour of history, whose revision is 0,
 * yields to the run's own. A map that is joined by maximum, as a list: an hour's day has 24 of them, a window 56.
 */
abstract class FullestOfEach<P extends { readonly revision: number }, O>
  implements KeyedCombineFn<P, P[], O>
{
  createAccumulator(): P[] {
    return [];
  }

  addInput(fullest: P[], part: P): P[] {
    const at = fullest.findIndex((known) => this.isSame(known, part));
    if (at === -1) fullest.push(part);
    else if (part.revision > fullest[at].revision) fullest[at] = part;
    return fullest;
  }

  mergeAccumulators(all: Iterable<P[]>): P[] {
    const joined: P[] = [];
    for (const fullest of all) for (const part of fullest) this.addInput(joined, part);
    return joined;
  }

  accumulatorCoder(): Coder<P[]> {
    return new ListCoder<P>(this.partCoder());
  }

  abstract extractOutput(fullest: P[]): O;
  protected abstract isSame(a: P, b: P): boolean;
  protected abstract partCoder(): Coder<P>;
}

/** Hours of one day → its digest. */
export class DigestDay extends FullestOfEach<HourBrands, DayDigest> {
  override extractOutput(hours: HourBrands[]): DayDigest {
    const inOrder = hours.toSorted((a, b) => a.hour - b.hour);
    const day = dayOf(inOrder[0]?.hour ?? 0);
    // An hour more is more, though history absorbed no records.
    const revision = sumOfRevisions(hours) + hours.length;
    return { day, revision, block: packHours(day, inOrder) };
  }

  protected override isSame(a: HourBrands, b: HourBrands): boolean {
    return a.hour === b.hour;
  }

  protected override partCoder(): Coder<HourBrands> {
    return new HourBrandsCoder();
  }
}

/** Digests of a window's days → the baseline over their hours. */
export class TrailingBaseline extends FullestOfEach<DayDigest, Baseline> {
  constructor(readonly minViews: number) {
    super();
  }

  override extractOutput(days: DayDigest[]): Baseline {
    const baseline = new BaselineBuilder(this.minViews);
    // In their order, in which the builder needs not sort hours.
    for (const day of days.toSorted((a, b) => a.day - b.day)) addHours(day, baseline);
    return baseline.baseline(sumOfRevisions(days));
  }

  protected override isSame(a: DayDigest, b: DayDigest): boolean {
    return a.day === b.day;
  }

  protected override partCoder(): Coder<DayDigest> {
    return new DayDigestCoder();
  }
}

function sumOfRevisions(parts: readonly { readonly revision: number }[]): number {
  return parts.reduce((sum, { revision }) => sum + revision, 0);
}
