/**
 * Well-formed events of a shop over some months, for baselines of the weeks before: four hours a day, the first and the last of it among them, in which each of a few brands has enough views to count. Some hours
 * convert unlike the others. The shop was closed for four days, one brand came in later, one has about as many views as a baseline asks for.
 */
import { DAY_MS, HOUR_MS } from '../../schema/events';
import { Dice } from './dice';

export const MONTHS_HEADER =
  'event_time,event_type,product_id,category_code,brand,price,user_id,user_session';
export const FIRST_DAY = Date.UTC(2019, 9, 1);

export interface MonthsEvent {
  /** Milliseconds, whole seconds. */
  readonly time: number;
  /** A line of CSV under {@link MONTHS_HEADER}. */
  readonly line: string;
}

const HOURS = [0, 9, 13, 23];
const CLOSED = [20, 21, 22, 23];
interface Brand {
  readonly name: string;
  readonly leastViews: number;
  readonly mostViews: number;
  readonly firstDay: number;
}
const BRANDS: readonly Brand[] = [
  { name: 'runail', leastViews: 25, mostViews: 60, firstDay: Number.NEGATIVE_INFINITY },
  { name: '__proto__', leastViews: 18, mostViews: 40, firstDay: Number.NEGATIVE_INFINITY },
  { name: 'late', leastViews: 20, mostViews: 50, firstDay: 26 },
  { name: 'thin', leastViews: 6, mostViews: 14, firstDay: Number.NEGATIVE_INFINITY },
];

/** Of a hundred views, how many buy. */
const USUAL = 20;
const UNUSUAL = [0, 3, 60, 85];
/** Of a hundred hours of a brand, how many are unusual. */
const UNUSUAL_SHARE = 5;
/** Of a hundred events, how many are sent twice. */
const TWICE_SHARE = 3;

/** Events of the days from `from` up to `to`, counted from {@link FIRST_DAY}, in order of time. Of two seeds the shop is the same, and what happens isn't. */
export function months(seed: number, from: number, to: number): MonthsEvent[] {
  const dice = new Dice(seed);
  const events: MonthsEvent[] = [];
  for (let day = from; day < to; day++) {
    if (CLOSED.includes(day)) continue;
    for (const hourOfDay of HOURS)
      for (const brand of BRANDS) {
        if (day < brand.firstDay) continue;
        const start = FIRST_DAY + day * DAY_MS + hourOfDay * HOUR_MS;
        const buy = dice.percent(UNUSUAL_SHARE) ? dice.pick(UNUSUAL) : USUAL;
        const views = brand.leastViews + dice.under(brand.mostViews - brand.leastViews + 1);
        for (let view = 0; view < views; view++) {
          events.push(...visit(dice, start, brand.name, `${day}-${hourOfDay}-${view}`, buy));
        }
      }
  }
  return events.sort((a, b) => a.time - b.time);
}

/** A view and, for some, what was bought. */
function visit(dice: Dice, start: number, brand: string, user: string, buy: number): MonthsEvent[] {
  const time = start + dice.under(3600) * 1000;
  const price = `${1 + dice.under(30)}.${10 + dice.under(90)}`;
  const types = dice.percent(buy) ? ['view', 'cart', 'purchase'] : ['view'];
  return types.flatMap((type) => {
    const event = {
      time,
      line: [timeText(time), type, 'p1', '', brand, price, user, `${brand}-s`].join(','),
    };
    return dice.percent(TWICE_SHARE) ? [event, event] : [event];
  });
}

/** Events some days later. */
export function moved(events: readonly MonthsEvent[], days: number): MonthsEvent[] {
  return events.map(({ time, line }) => {
    const later = time + days * DAY_MS;
    return { time: later, line: `${timeText(later)}${line.slice(line.indexOf(','))}` };
  });
}

function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Events as a file. */
export function monthsCsv(events: readonly MonthsEvent[]): Buffer {
  return Buffer.from(`${[MONTHS_HEADER, ...events.map(({ line }) => line)].join('\n')}\n`);
}
