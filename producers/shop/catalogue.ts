import { brands } from './brands';
import { assignCategories } from './categories';
import { type Product, renderProduct } from './product';
import { CARTED_PER_VIEW, FREE, NO_BRAND, PRICES } from './profile';
import { expand } from './quantiles';
import { apportion, type Random, Weyl } from './random';

/** Slots of a popularity table: 16 random bits pick one, a product has as many as it is popular. */
export const SLOTS = 65_536;
/** Bytes reserved for a product's columns in `Catalogue.bytes`. */
export const STRIDE = 96;

/** Where a brand's products lie, in both popularity tables; brand 0 is the products without one. */
export interface BrandRange {
  readonly name: string;
  readonly from: number;
  readonly slots: number;
}

/**
 * What the shop sells: products with one brand each, how often they are seen and how often put in a cart, and the bytes of their columns.
 * About 23,000 products and 2.5 MB, whatever is generated from them.
 */
export class Catalogue {
  /** Products by popularity among views, and among carts, removals and purchases; each brand's lie together. */
  readonly seen = new Uint16Array(SLOTS);
  readonly carted = new Uint16Array(SLOTS);
  readonly brands: BrandRange[] = [];
  /** Index in `brands`, by product. */
  readonly brandOf = new Uint16Array(SLOTS);
  readonly cents = new Int32Array(SLOTS);
  /** A product's columns from product_id to price, at product × STRIDE. */
  readonly bytes: Uint8Array;
  readonly lengths: Uint8Array;
  /** A product that only ever comes as a purchase of less than nothing. */
  readonly voucher: number;
  private readonly products: Product[] = [];

  constructor(private readonly random: Random) {
    const all = [{ name: '', weight: 0 }, ...brands()];
    const branded = all.slice(1);
    const none = Math.floor((SLOTS * NO_BRAND) / 10_000);
    const slots = [
      none,
      ...apportion(
        branded.map((b) => b.weight),
        SLOTS - none,
      ),
    ];
    const prices = new PriceList(random);
    let from = 0;
    for (let brand = 0; brand < all.length; brand++) {
      const range = { name: all[brand].name, from, slots: slots[brand] };
      this.brands.push(range);
      this.addProducts(brand, range, prices);
      from += range.slots;
    }
    this.voucher = this.add(0, -2500);
    const rows = new Uint32Array(this.products.length);
    for (const popularity of [this.seen, this.carted]) for (const product of popularity) rows[product]++;
    assignCategories(this.products, rows, random);
    this.bytes = new Uint8Array(this.products.length * STRIDE);
    this.lengths = new Uint8Array(this.products.length);
    for (let product = 0; product < this.products.length; product++) this.render(product);
  }

  /** A new day: a few products get another price (3% of them in two months). */
  changePrices(): void {
    for (let i = Math.floor(this.products.length / 2000); i > 0; i--) {
      const product = this.random.below(this.products.length);
      if (this.cents[product] <= 0) continue;
      this.cents[product] = Math.max(
        1,
        Math.floor((this.cents[product] * (70 + this.random.below(61))) / 100),
      );
      this.render(product);
    }
  }

  private addProducts(brand: number, range: BrandRange, prices: PriceList): void {
    const first = this.products.length;
    const count = Math.max(1, Math.floor(range.slots * 0.36));
    for (let rank = 0; rank < count; rank++) this.add(brand, prices.next());
    // A product's popularity falls with its rank; the given away ones share a fixed, small part.
    const popularity = Array.from({ length: count }, (_, rank) => Math.floor(65_536 / (rank + 6)));
    const carted = popularity.map((weight, rank) => weight * cartedPerView(this.cents[first + rank]));
    const free = brand === 0 ? this.addFree(range) : 0;
    fill(this.seen, range.from, apportion(popularity, range.slots - free), first);
    fill(this.carted, range.from, apportion(carted, range.slots - free), first);
  }

  /** Products without a price, at the end of the range without a brand; returns the slots they take in each table. */
  private addFree(range: BrandRange): number {
    const slots = Math.floor((SLOTS * FREE) / 10_000);
    for (let i = 0; i < slots; i++) {
      const product = i % 10 === 0 ? this.add(0, 0) : this.products.length - 1;
      this.seen[range.from + range.slots - 1 - i] = product;
      this.carted[range.from + range.slots - 1 - i] = product;
    }
    return slots;
  }

  private add(brand: number, cents: number): number {
    const index = this.products.length;
    this.products.push({
      id: 5_000_000 + index * 37 + this.random.below(37),
      category: '',
      code: '',
      brand: this.brands[brand].name,
    });
    this.brandOf[index] = brand;
    this.cents[index] = cents;
    return index;
  }

  private render(product: number): void {
    const at = product * STRIDE;
    this.lengths[product] = renderProduct(
      this.products[product],
      this.cents[product],
      this.bytes.subarray(at, at + STRIDE),
    );
  }
}

/** Prices that follow the shop's quantiles closely even over few products. */
class PriceList {
  private readonly table = expand(PRICES);
  private readonly spread: Weyl;

  constructor(private readonly random: Random) {
    this.spread = new Weyl(random.next());
  }

  next(): number {
    const entry = this.spread.next() >>> 22;
    const low = this.table[entry];
    const high = entry + 1 < this.table.length ? this.table[entry + 1] : low;
    return low + this.random.below(high - low + 1);
  }
}

function cartedPerView(cents: number): number {
  return CARTED_PER_VIEW.find(([below]) => cents < below)![1];
}

function fill(table: Uint16Array, from: number, slots: number[], firstProduct: number): void {
  let at = from;
  for (let i = 0; i < slots.length; i++) {
    table.fill(firstProduct + i, at, at + slots[i]);
    at += slots[i];
  }
}
