/**
 * Well-formed events of a small shop, in order of time, with enough mass in a few brand-hours that a deviating hour is flagged: one to four strong
 * brands over three days of three hours, about 70 views an hour, one of the hours each with a spike or a drop; and a thin background.
 */
import { DAY_MS, type EventField, type EventType, HOUR_MS } from '../../schema/events';
import { Dice } from './dice';

/** A record's texts by field. A field that is missing is not there. */
export type Texts = Partial<Record<EventField, string>>;

export interface ShopEvent {
  /** Milliseconds, whole seconds. */
  readonly time: number;
  readonly texts: Texts;
}

const FIRST_DAY = Date.UTC(2019, 9, 1);
const DAYS = 3;
const HOURS = [9, 10, 21];
/** Events that a strong brand needs for 50 views in each of its hours. */
const ROWS_PER_STRONG_BRAND = 1500;
const STRONG_BRANDS = ['runail', 'f.o.x', 'art-visage', 'bpw.style'];
const BACKGROUND_BRANDS = ['', '', '', 'Kapous', 'MASURA', 'beauty, inc.', 'o2 "lab"', 'unknown', 'cnd'];
const CATEGORY_CODES = [
  '',
  '',
  '',
  '',
  '',
  'Apparel.Glove',
  'stationery.cartrige',
  'furniture.living room.cabinet',
  'accessories',
];

/** Thresholds of view, cart, removal of a hundred events; the rest are purchases. */
const TYPES: Record<'usual' | 'spike' | 'drop', readonly [number, number, number]> = {
  usual: [62, 82, 88],
  spike: [60, 62, 63],
  drop: [64, 90, 100],
};

/** `rows` events, no two with one dedup key but by chance. */
export function shopEvents(seed: number, rows: number): ShopEvent[] {
  const dice = new Dice(seed);
  const brands = STRONG_BRANDS.slice(0, Math.max(1, Math.floor(rows / ROWS_PER_STRONG_BRAND)));
  const incidents = brands.map(() => ({
    hour: dice.under(DAYS * HOURS.length),
    kind: dice.pick(['spike', 'drop'] as const),
  }));
  const events: ShopEvent[] = [];
  for (let row = 0; row < rows; row++) {
    const strong = dice.percent(80);
    const brand = dice.under(brands.length);
    const hour = dice.under(DAYS * HOURS.length);
    const incident = strong && incidents[brand].hour === hour ? incidents[brand].kind : 'usual';
    const start = strong
      ? FIRST_DAY + Math.floor(hour / HOURS.length) * DAY_MS + HOURS[hour % HOURS.length] * HOUR_MS
      : FIRST_DAY + dice.under(DAYS * 24) * HOUR_MS;
    const time = start + dice.under(3600) * 1000;
    events.push({
      time,
      texts: textsOf(
        dice,
        time,
        typeOf(dice, incident),
        strong ? brands[brand] : dice.pick(BACKGROUND_BRANDS),
      ),
    });
  }
  return events.sort((a, b) => a.time - b.time);
}

function typeOf(dice: Dice, incident: keyof typeof TYPES): EventType {
  const [view, cart, removal] = TYPES[incident];
  const draw = dice.under(100);
  if (draw < view) return 'view';
  if (draw < cart) return 'cart';
  return draw < removal ? 'remove_from_cart' : 'purchase';
}

function textsOf(dice: Dice, time: number, type: EventType, brand: string): Texts {
  const texts: Texts = {
    event_time: plainTime(time),
    event_type: type,
    product_id: String(5_700_000 + dice.under(400)),
    category_id: `14875800${10_000_000_000 + dice.under(40) * 12_345_678}`,
    price: dice.pick([
      '0.32',
      '2.62',
      '5.2',
      '9.99',
      '10',
      '13.48',
      '29.9999',
      '30.00',
      '59.99',
      '60',
      '327.78',
      '4.7605',
    ]),
    user_id: String(400_000_000 + dice.under(900)),
    user_session: `26dd6e6e-4dac-4778-8d2c-${String(dice.under(1200)).padStart(12, '0')}`,
  };
  if (brand !== '') texts.brand = brand;
  const code = dice.pick(CATEGORY_CODES);
  if (code !== '') texts.category_code = code;
  return texts;
}

/** `YYYY-MM-DD HH:MM:SS UTC`. */
export function plainTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
