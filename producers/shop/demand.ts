import { BOUGHT_PER_1000_VIEWS, MAX_ORDER } from './profile';
import type { Random } from './random';

/** Purchases owed at most; beyond, while checkout is out of use for long, visitors go elsewhere. A power of two. */
const QUEUE = 4096;

/**
 * What the shop owes its brands: every few views of a brand one purchase of it becomes due, and the next order takes what is due. So a brand's
 * conversion is its own and steady from hour to hour, as a large shop's is, while orders come by chance and differ in size by a lot.
 * Drawing each purchase by itself would bury an incident of a shop with some ten thousand events a day in noise.
 */
export class Demand {
  /** Purchases per 1,000 views, by brand. */
  private readonly rate: Uint16Array;
  /** Thousandths of a purchase, by brand. */
  private readonly owed: Uint16Array;
  private readonly due = new Uint16Array(QUEUE);
  /** Purchases made ahead, by brand and in all. */
  private readonly advance: Uint16Array;
  private advances = 0;
  private first = 0;
  private length = 0;

  constructor(brands: number, random: Random) {
    this.rate = Uint16Array.from({ length: brands }, () =>
      Math.floor((BOUGHT_PER_1000_VIEWS * (90 + random.below(21))) / 100),
    );
    this.advance = new Uint16Array(brands);
    this.owed = Uint16Array.from({ length: brands }, () => random.below(1000));
  }

  /** A product of the brand was viewed. */
  view(brand: number): void {
    const owed = this.owed[brand] + this.rate[brand];
    if (owed < 1000) {
      this.owed[brand] = owed;
      return;
    }
    this.owed[brand] = owed - 1000;
    if (this.length < QUEUE) this.due[(this.first + this.length++) & (QUEUE - 1)] = brand;
  }

  /** Rows of an order made now: all that is due, up to the largest order; 0 when nothing is. */
  orderSize(): number {
    return Math.min(MAX_ORDER, this.length - this.advances);
  }

  /** A purchase of this brand that was not its turn: the next one due is taken for done. */
  buyAhead(brand: number): void {
    this.advance[brand]++;
    this.advances++;
  }

  /** Takes the brand that has been due for longest. Call it at most `orderSize` times, purchases ahead included. */
  take(): number {
    for (;;) {
      const brand = this.due[this.first];
      this.first = (this.first + 1) & (QUEUE - 1);
      this.length--;
      if (this.advance[brand] === 0) return brand;
      this.advance[brand]--;
      this.advances--;
    }
  }
}
