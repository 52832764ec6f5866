import type { Catalogue } from './catalogue';
import type { Demand } from './demand';
import type { OpenVisits } from './open_visits';
import {
  MAX_ORDER,
  REPEATED_CARTS,
  REPEATED_PURCHASES,
  REPEATED_REMOVALS,
  SAME_PRODUCT,
  VOUCHERS,
} from './profile';
import type { Random } from './random';
import { CART, MAX_ROW, PURCHASE, REMOVAL, type RowWriter, VIEW } from './rows';
import type { Storefront } from './storefront';

/** A visitor goes on doing what he did with 5 in 8. */
const STICKY = 5;
/** Cents; dearer products are seldom put in a cart as soon as they are seen. */
const IMPULSE = 800;
/** Times a row is written again at most. */
const MAX_REPEATS = 3;

/** Bytes that one step may write: the largest order, each row twice and with a surging one. */
export const STEP_BYTES = (MAX_ORDER * 3 + 1) * MAX_ROW;

/** What an open visit does next, and the rows of it. */
export class Behaviour {
  constructor(
    private readonly visits: OpenVisits,
    private readonly catalogue: Catalogue,
    private readonly storefront: Storefront,
    private readonly demand: Demand,
    private readonly rows: RowWriter,
    private readonly random: Random,
  ) {}

  /** Does one thing of this type. */
  act(visit: number, type: number): void {
    if (type === VIEW) this.view(visit);
    else if (type === CART) this.putInCart(visit);
    else if (type === REMOVAL) this.remove(visit);
    else this.buy(visit);
    this.visits.lastType[visit] = type;
  }

  /** A visit of one view; its visitor is that of visit 0. */
  glance(): void {
    const product = this.storefront.toSee(0);
    this.demand.view(this.catalogue.brandOf[product]);
    this.emit(VIEW, product, 0);
  }

  /** One of the types that the visit still has; the order comes last, and an empty cart is filled before it is emptied. */
  nextType(visit: number): number {
    const { visits } = this;
    const views = visits.views[visit];
    const carts = visits.carts[visit];
    const removals = visits.removals[visit];
    const left = views + carts + removals;
    if (left === 0) return PURCHASE;
    const last = visits.lastType[visit];
    const bits = this.random.next();
    if ((bits & 7) < STICKY) {
      if (last === VIEW && views > 0) return VIEW;
      if (last === CART && carts > 0) return CART;
      if (last === REMOVAL && removals > 0 && (carts === 0 || visits.cartSize[visit] > 0)) return REMOVAL;
    }
    const pick = ((bits >>> 16) * left) >>> 16;
    if (pick < views) return VIEW;
    if (pick < views + carts || (carts > 0 && visits.cartSize[visit] === 0)) return CART;
    return REMOVAL;
  }

  private view(visit: number): void {
    const { visits } = this;
    visits.views[visit]--;
    const product = this.storefront.toSee(visits.lastProduct[visit]);
    visits.lastProduct[visit] = product + 1;
    this.demand.view(this.catalogue.brandOf[product]);
    this.emit(VIEW, product, visit);
  }

  private putInCart(visit: number): void {
    const { visits, random } = this;
    visits.carts[visit]--;
    const last = visits.lastProduct[visit];
    const onImpulse =
      last !== 0 &&
      visits.lastType[visit] === VIEW &&
      this.catalogue.cents[last - 1] <= IMPULSE &&
      (random.next() & 1023) < SAME_PRODUCT;
    const product = onImpulse ? last - 1 : this.storefront.toCart(last);
    visits.lastProduct[visit] = product + 1;
    visits.put(visit, product);
    this.emit(CART, product, visit);
    if ((random.next() & 1023) < REPEATED_CARTS) this.emit(CART, product, visit);
  }

  /** Takes something out of the cart: of this visit, or of one long ago. */
  private remove(visit: number): void {
    const { visits, random } = this;
    visits.removals[visit]--;
    const size = visits.cartSize[visit];
    const product = size > 0 ? visits.takeOut(visit, random.below(size)) : this.storefront.toCart(0);
    this.emit(REMOVAL, product, visit);
    for (let i = 0; i < MAX_REPEATS && (random.next() & 1023) < REPEATED_REMOVALS; i++) {
      this.emit(REMOVAL, product, visit);
    }
  }

  /** The order: what is in the cart, then what was put there long ago; all rows in one second. */
  private buy(visit: number): void {
    const { storefront, random } = this;
    for (let left = this.demand.orderSize(); left > 0; left--) {
      const product = this.pick(visit);
      // During an outage what is due is lost rather than made up for later.
      if (!storefront.checkoutWorks) continue;
      if (!storefront.withholds(this.catalogue.brandOf[product])) {
        this.emit(PURCHASE, product, visit);
        if ((random.next() & 1023) < REPEATED_PURCHASES) this.emit(PURCHASE, product, visit);
      }
      if (storefront.surges()) this.emit(PURCHASE, storefront.surging(), visit);
    }
    if (storefront.checkoutWorks && random.below(VOUCHERS) === 0)
      this.emit(PURCHASE, this.catalogue.voucher, visit);
  }

  private pick(visit: number): number {
    const size = this.visits.cartSize[visit];
    if (size === 0) return this.storefront.ofBrand(this.demand.take());
    const product = this.visits.takeOut(visit, size - 1);
    this.demand.buyAhead(this.catalogue.brandOf[product]);
    return product;
  }

  private emit(type: number, product: number, visit: number): void {
    this.rows.row(
      type,
      product,
      this.visits.visitors,
      this.visits.visitorAt(visit),
      this.visits.visitorLength[visit],
    );
  }
}
