import { Behaviour, STEP_BYTES } from './behaviour';
import type { Calendar } from './calendar';
import type { Catalogue } from './catalogue';
import { Demand } from './demand';
import { OpenVisits } from './open_visits';
import { Plan } from './plans';
import { PAUSE_BEFORE_CART, PAUSE_BEFORE_REMOVAL, PAUSE_BEFORE_VIEW } from './profile';
import { expand } from './quantiles';
import type { Random } from './random';
import { PURCHASE, RowWriter } from './rows';
import type { Storefront } from './storefront';
import type { Visitors } from './visitors';

/** How many rows a shop's hours have, counted from its start. */
export type Traffic = Pick<Calendar, 'rowsIn' | 'rowsUpTo'>;

const { floor } = Math;
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
/**
 * The shop, second by second. In each second first the open visits that are due go on; then visitors come until the hour's curve is met.
 * So the rows come in time order, their number is exact, and nothing is kept but the open visits.
 */
export class Shop {
  private readonly rows: RowWriter;
  private readonly visits = new OpenVisits();
  private readonly plan: Plan;
  private readonly behaviour: Behaviour;
  private readonly pauses = [
    PAUSE_BEFORE_VIEW,
    PAUSE_BEFORE_CART,
    PAUSE_BEFORE_REMOVAL,
    PAUSE_BEFORE_VIEW,
  ].map(expand);
  private second = -1;
  private visitNumber = 0;
  /** Rows wanted before this hour, within it, and up to this second. */
  private before = 0;
  private within = 0;
  private wanted = 0;

  constructor(
    private readonly startMs: number,
    private readonly events: number,
    private readonly calendar: Traffic,
    private readonly catalogue: Catalogue,
    private readonly storefront: Storefront,
    private readonly visitors: Visitors,
    private readonly random: Random,
  ) {
    this.rows = new RowWriter(catalogue, events);
    this.plan = new Plan(random);
    const demand = new Demand(catalogue.brands.length, random);
    this.behaviour = new Behaviour(this.visits, catalogue, storefront, demand, this.rows, random);
    this.tick();
  }

  /** Rows written so far. */
  get count(): number {
    return this.rows.written;
  }

  /** Fills `out` with whole rows and returns how many bytes; 0 when there are no more, or none before this second of the period. `out` has at least STEP_BYTES. */
  fill(out: Uint8Array, before = Number.POSITIVE_INFINITY): number {
    const { rows, visits } = this;
    rows.out = out;
    rows.at = 0;
    const limit = out.length - STEP_BYTES;
    while (rows.at <= limit && this.rows.written < this.events && this.second < before) {
      const visit = visits.take(this.second);
      if (visit !== 0) this.goOn(visit);
      else if (this.visitorComes()) this.begin();
      else this.tick();
    }
    return rows.at;
  }

  /** One second later. */
  private tick(): void {
    const second = ++this.second;
    const ofHour = second % HOUR_SECONDS;
    if (ofHour === 0) {
      const hour = second / HOUR_SECONDS;
      this.storefront.setHour(hour);
      this.before = this.calendar.rowsUpTo(hour - 1);
      this.within = this.calendar.rowsIn(hour);
      if (second % DAY_SECONDS === 0) {
        this.rows.setDay(this.startMs + second * 1000);
        if (second > 0) this.catalogue.changePrices();
      }
    }
    this.rows.setSecond(second % DAY_SECONDS);
    this.wanted = this.before + floor((this.within * (ofHour + 1)) / HOUR_SECONDS);
  }

  /** Visitors come while rows are missing, by chance while few are, so that seconds differ; in the last second, whatever it takes. */
  private visitorComes(): boolean {
    const missing = this.wanted - this.rows.written;
    if (missing <= 0) return false;
    return missing > 8 || this.wanted === this.events || (this.random.next() & 1) === 0;
  }

  private begin(): void {
    const { visits, plan } = this;
    const number = this.visitNumber++;
    const visit = plan.draw() ? 0 : visits.open();
    const anonymous = visit === 0 && (this.random.next() & 511) === 0;
    visits.visitorLength[visit] = this.visitors.write(
      number,
      anonymous,
      visits.visitors,
      visits.visitorAt(visit),
    );
    if (visit === 0) {
      this.behaviour.glance();
      return;
    }
    visits.start(visit, plan);
    visits.nextType[visit] = this.behaviour.nextType(visit);
    this.goOn(visit);
  }

  /** The visit's next event, and when the one after it will be. */
  private goOn(visit: number): void {
    const { visits } = this;
    const type = visits.nextType[visit];
    this.behaviour.act(visit, type);
    if (type === PURCHASE || visits.isOver(visit)) {
      visits.close(visit);
      return;
    }
    const next = this.behaviour.nextType(visit);
    visits.nextType[visit] = next;
    visits.schedule(visit, this.second + this.pauses[next][this.random.next() >>> 22]);
  }
}
