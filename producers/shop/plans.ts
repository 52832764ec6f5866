import {
  BROWSED,
  CARTED,
  CARTS,
  GLANCE,
  ORDER,
  REMOVALS,
  REMOVED,
  VIEWED,
  VIEWS,
  VISIT_KINDS,
} from './profile';
import { expand } from './quantiles';
import { type Random, Weyl } from './random';

/** What one visit is going to do: how many events of each type. Drawn anew in place for every visit. */
export class Plan {
  views = 0;
  carts = 0;
  removals = 0;
  /** Whether the visit ends with an order. */
  buys = false;
  private readonly kinds = new Uint8Array(2048).fill(GLANCE);
  private readonly browsed = expand(BROWSED);
  private readonly viewed = expand(VIEWED);
  private readonly carted = expand(CARTED);
  private readonly removed = expand(REMOVED);
  /** Kinds of visit come evenly, so that a small shop's hours don't differ by luck alone. */
  private readonly kind: Weyl;

  constructor(private readonly random: Random) {
    this.kind = new Weyl(random.next());
    let at = 0;
    for (const [kind, of2048] of VISIT_KINDS) {
      this.kinds.fill(kind, at, at + of2048);
      at += of2048;
    }
  }

  /** True when the visit is one view and nothing else. */
  draw(): boolean {
    const kind = this.kinds[this.kind.next() >>> 21];
    if (kind === GLANCE) return true;
    const { random } = this;
    // A busy visitor is busy in everything: each count takes the common quantile or, half the time, its own.
    const bits = random.next();
    const common = bits >>> 22;
    const quantile = (bit: number) => (bits & bit ? common : random.next() >>> 22);
    this.views = kind & VIEWS ? (kind === VIEWS ? this.browsed : this.viewed)[quantile(1)] : 0;
    this.carts = kind & CARTS ? this.carted[quantile(2)] : 0;
    this.removals = kind & REMOVALS ? this.removed[quantile(4)] : 0;
    this.buys = (kind & ORDER) !== 0;
    // Who fills a cart and buys fills it well.
    if (this.buys && this.carts > 0) this.carts += this.carted[random.next() >>> 22];
    return false;
  }
}
