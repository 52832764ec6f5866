import type { Plan } from './plans';
import { PURCHASE } from './rows';
import { VISITOR_BYTES } from './visitors';

/** Visits that can be open at once; at about 100 million events a day that is all of them, beyond it further visits have one event. */
export const MAX_OPEN = 65_536;
/** Items remembered per cart; what is put in beyond is forgotten. */
export const CART_ITEMS = 64;
/** Seconds ahead that an event can wait for; pauses are shorter. */
const HORIZON = 4096;

/**
 * The open visits, and a calendar queue of when each goes on: one list per second, the seconds in a ring. Columns of typed arrays with
 * a free list: about 16 MB, allocated once.
 */
export class OpenVisits {
  readonly views = new Uint16Array(MAX_OPEN);
  readonly carts = new Uint16Array(MAX_OPEN);
  readonly removals = new Uint16Array(MAX_OPEN);
  /** 1 where the visit ends with an order. */
  readonly buys = new Uint8Array(MAX_OPEN);
  /** Type of the next event. */
  readonly nextType = new Uint8Array(MAX_OPEN);
  /** Type of the last event; purchase for none yet. */
  readonly lastType = new Uint8Array(MAX_OPEN);
  /** Product of the last view or cart, plus one; 0 for none yet. */
  readonly lastProduct = new Uint16Array(MAX_OPEN);
  readonly cartSize = new Uint8Array(MAX_OPEN);
  readonly cart = new Uint16Array(MAX_OPEN * CART_ITEMS);
  readonly visitors = new Uint8Array(MAX_OPEN * VISITOR_BYTES);
  readonly visitorLength = new Uint8Array(MAX_OPEN);
  /** Next in the list of its second, or in the free list; visit 0 is never used and ends lists. */
  private readonly next = new Int32Array(MAX_OPEN);
  private readonly seconds = new Int32Array(HORIZON);
  private free = 1;

  constructor() {
    for (let visit = 1; visit < MAX_OPEN - 1; visit++) this.next[visit] = visit + 1;
  }

  /** A free visit, or 0 when all are taken. */
  open(): number {
    const visit = this.free;
    if (visit !== 0) this.free = this.next[visit];
    return visit;
  }

  close(visit: number): void {
    this.next[visit] = this.free;
    this.free = visit;
  }

  /** Sets the visit to its beginning. */
  start(visit: number, plan: Plan): void {
    this.views[visit] = plan.views;
    this.carts[visit] = plan.carts;
    this.removals[visit] = plan.removals;
    this.buys[visit] = plan.buys ? 1 : 0;
    this.cartSize[visit] = 0;
    this.lastProduct[visit] = 0;
    this.lastType[visit] = PURCHASE;
  }

  /** Whether nothing is left to do. */
  isOver(visit: number): boolean {
    return this.views[visit] + this.carts[visit] + this.removals[visit] + this.buys[visit] === 0;
  }

  /** The visit goes on at this second (since the start of the period). */
  schedule(visit: number, second: number): void {
    const at = second & (HORIZON - 1);
    this.next[visit] = this.seconds[at];
    this.seconds[at] = visit;
  }

  /** Takes a visit that goes on at this second; 0 when none is left. */
  take(second: number): number {
    const at = second & (HORIZON - 1);
    const visit = this.seconds[at];
    if (visit !== 0) this.seconds[at] = this.next[visit];
    return visit;
  }

  /** Puts a product in the cart. */
  put(visit: number, product: number): void {
    const size = this.cartSize[visit];
    if (size === CART_ITEMS) return;
    this.cart[visit * CART_ITEMS + size] = product;
    this.cartSize[visit] = size + 1;
  }

  /** Takes item `index` out of the cart; the last item takes its place. */
  takeOut(visit: number, index: number): number {
    const from = visit * CART_ITEMS;
    const last = from + --this.cartSize[visit];
    const product = this.cart[from + index];
    this.cart[from + index] = this.cart[last];
    return product;
  }

  /** Where the visitor's columns are in `visitors`. */
  visitorAt(visit: number): number {
    return visit * VISITOR_BYTES;
  }
}
