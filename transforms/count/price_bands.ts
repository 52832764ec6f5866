import { MONEY_UNIT } from '../../schema/column';
import { UNKNOWN } from '../../schema/events';

/** Price bands by their bounds: n bounds make n + 1 bands, each with its lower bound included. */
export class PriceBands {
  readonly names: readonly string[];
  /** Lower bounds of all bands but the first, in ten-thousandths. */
  readonly bounds: readonly number[];

  /** `bounds` are whole or decimal prices, ascending, above 0. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds.map((bound) => Math.round(bound * MONEY_UNIT));
    const last = bounds.length - 1;
    this.names = [
      `<${bounds[0]}`,
      ...bounds.slice(0, last).map((bound, i) => `${bound}-${bounds[i + 1]}`),
      `${bounds[last]}+`,
    ];
  }

  /** Index of a price's band; `price` in ten-thousandths. */
  indexOf(price: number): number {
    let band = 0;
    while (band < this.bounds.length && price >= this.bounds[band]) band++;
    return band;
  }

  /** Name of a price's band, `unknown` without a price. */
  nameOf(price: number | null): string {
    return price === null ? UNKNOWN : this.names[this.indexOf(price)];
  }
}
