import type { Catalogue } from './catalogue';
import type { PlannedIncident } from './incidents';
import { SAME_BRAND } from './profile';
import type { Random } from './random';

/** Which products visitors pick, and what incidents do to orders. */
export class Storefront {
  private active: PlannedIncident | undefined;
  private planned: PlannedIncident | undefined;
  private commanded: PlannedIncident | undefined;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly incidents: readonly PlannedIncident[],
    private readonly random: Random,
  ) {}

  /** From here on it is this hour of the period. */
  setHour(hour: number): void {
    this.planned = this.incidents.find((incident) => incident.from <= hour && hour < incident.to);
    this.active = this.commanded ?? this.planned;
  }

  /** From here on this incident goes on, whatever was planned; undefined ends it. */
  command(incident: PlannedIncident | undefined): void {
    this.commanded = incident;
    this.active = incident ?? this.planned;
  }

  /** A product to look at; `last` is the product before it plus one, or 0. */
  toSee(last: number): number {
    const bits = this.random.next();
    if (last !== 0 && (bits & 1023) < SAME_BRAND) {
      const range = this.catalogue.brands[this.catalogue.brandOf[last - 1]];
      return this.catalogue.seen[range.from + this.random.below(range.slots)];
    }
    return this.catalogue.seen[bits >>> 16];
  }

  /** A product to put in a cart, by one who may not buy. */
  toCart(last: number): number {
    const bits = this.random.next();
    if (last !== 0 && (bits & 1023) < SAME_BRAND) {
      return this.ofBrand(this.catalogue.brandOf[last - 1]);
    }
    return this.catalogue.carted[bits >>> 16];
  }

  /** False during an outage. */
  get checkoutWorks(): boolean {
    return this.active === undefined || this.active.kind !== 'outage';
  }

  /** Whether an order goes without a product of this brand because of a drop. */
  withholds(brand: number): boolean {
    const { active } = this;
    if (active === undefined || active.kind !== 'drop' || active.brand !== brand) return false;
    return this.random.below(100) >= active.percent;
  }

  /** Whether a row of the surging brand goes with this row of an order: with the brand's share times what the factor has over 1. */
  surges(): boolean {
    const { active } = this;
    if (active === undefined || active.kind !== 'spike') return false;
    const { slots } = this.catalogue.brands[active.brand];
    return this.random.next() >>> 16 < Math.floor(((active.percent - 100) * slots) / 100);
  }

  /** A product of the surging brand. */
  surging(): number {
    return this.ofBrand(this.active!.brand);
  }

  /** A product of the brand, as it would be put in a cart. */
  ofBrand(brand: number): number {
    const range = this.catalogue.brands[brand];
    return this.catalogue.carted[range.from + this.random.below(range.slots)];
  }
}
