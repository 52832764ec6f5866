/** Records with faults and oddities in their fields, and duplicates of all kinds; not yet written in a format. */
import type { EventField } from '../../schema/events';
import { Dice } from './dice';
import {
  BAD_PRICES,
  BAD_TIMES,
  CURRENCIES,
  FAR_TIMES,
  NONPOSITIVE_PRICES,
  ODD_BRANDS,
  ODD_CATEGORY_CODES,
  ODD_IDS,
  ODD_PRICES,
  SPACES,
  TIME_FORMS,
  UNKNOWN_TYPES,
} from './oddities';
import { type ShopEvent, shopEvents, type Texts } from './shop';

const DETAILS: readonly EventField[] = [
  'page',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'device_os',
  'device_mobile',
  'device_ua',
  'geo_country',
  'geo_city',
  'ip',
];

/** `rows` records roughly in order of time: one in nine is a duplicate, one in six has something in a field. */
export function dirtyRecords(seed: number, rows: number): Texts[] {
  const dice = new Dice(seed ^ 0xd117);
  const originals = shopEvents(seed, Math.ceil((rows * 8) / 9));
  const records: Texts[] = [];
  const recent: ShopEvent[] = [];
  for (const original of originals) {
    const event = { time: original.time, texts: withDetails(dice, original.texts) };
    records.push(dice.percent(17) ? altered(dice, event) : event.texts);
    recent.push(event);
    if (dice.percent(13)) {
      const texts = duplicate(dice, dice.pick(recent.slice(-30)));
      const at = dice.percent(80) ? records.length : dice.under(records.length);
      records.splice(at, 0, texts);
    }
  }
  return records.slice(0, rows);
}

function withDetails(dice: Dice, texts: Texts): Texts {
  const detailed = { ...texts };
  if (dice.percent(30)) detailed.event_id = `e-${dice.under(1_000_000_000)}`;
  if (dice.percent(30)) detailed.currency = dice.pick(CURRENCIES);
  for (const field of DETAILS)
    if (dice.percent(5)) detailed[field] = dice.pick(['a', 'b', 'true', '10.0.0.1', 'Ä, "x"']);
  return detailed;
}

/** One record with a fault or an oddity. */
function altered(dice: Dice, { time, texts }: ShopEvent): Texts {
  const { event_time, event_type, price, ...rest } = texts;
  const whole = { ...texts };
  switch (dice.under(22)) {
    case 0:
      return { ...rest, ...dice.pick<Texts>([{ event_type: 'x' }, {}]), price: '1' };
    case 1:
      return { ...whole, event_time: dice.pick(SPACES) };
    case 2:
    case 3:
      return { ...whole, event_time: dice.pick(BAD_TIMES) };
    case 4:
      return { ...rest, ...dice.pick<Texts>([{ price: 'x' }, { price: '1' }]), event_time: event_time ?? '' };
    case 5:
      return { ...whole, event_type: dice.pick(UNKNOWN_TYPES) };
    case 6:
      return { ...rest, event_time: event_time ?? '', event_type: event_type ?? '' };
    case 7:
    case 8:
      return { ...whole, price: dice.pick(BAD_PRICES) };
    case 9:
      return { ...whole, price: dice.pick(NONPOSITIVE_PRICES) };
    case 10:
      return { ...whole, event_time: dice.pick(FAR_TIMES) };
    case 11:
    case 12:
      return { ...whole, event_time: dice.pick(TIME_FORMS)(time) };
    case 13:
      return {
        ...whole,
        event_type: dice.pick(['VIEW', ' view ', 'Cart', 'Remove_From_Cart', 'PURCHASE\t']),
      };
    case 14:
    case 15:
      return { ...whole, price: dice.pick(ODD_PRICES) };
    case 16:
      return { ...whole, [dice.pick(['product_id', 'category_id', 'user_id'] as const)]: dice.pick(ODD_IDS) };
    case 17:
      return { ...whole, brand: dice.pick(ODD_BRANDS) };
    case 18:
      return { ...whole, category_code: dice.pick(ODD_CATEGORY_CODES) };
    case 19:
      return without(whole, dice.pick(['product_id', 'user_id', 'user_session', 'category_id'] as const));
    case 20:
      return spaced(dice, whole);
    default:
      return { ...whole, user_session: dice.pick(['', 'Ünïcode', 'a,b', '"', 's"s']) };
  }
}

/** A record of the same dedup key: identical, written otherwise, or different in one of the fields that decide which one counts. */
function duplicate(dice: Dice, { time, texts }: ShopEvent): Texts {
  switch (dice.under(12)) {
    case 0:
    case 1:
      return { ...texts };
    case 2:
      return { ...texts, price: dice.pick(['0.01', '777', '9.99', '10.00005', '0']) };
    case 3:
      return { ...texts, brand: dice.pick(ODD_BRANDS) };
    case 4:
      return { ...texts, category_code: dice.pick(ODD_CATEGORY_CODES) };
    case 5:
      return without(texts, dice.pick(['brand', 'category_code', 'category_id'] as const));
    case 6:
      return {
        ...texts,
        [dice.pick([...DETAILS, 'currency', 'category_id'] as const)]: dice.pick(['x', 'ｚ', '😀', 'Z']),
      };
    case 7:
      return {
        ...texts,
        brand: (texts.brand ?? 'x').toUpperCase(),
        category_code: (texts.category_code ?? 'y').toUpperCase(),
      };
    case 8:
      return { ...texts, event_time: dice.pick(TIME_FORMS.slice(0, 8))(time), user_id: `${texts.user_id}.0` };
    case 9:
      return {
        ...texts,
        price: `${texts.price?.includes('.') ? texts.price : `${texts.price}.`}000`,
        product_id: `${texts.product_id}.00`,
      };
    case 10:
      // Same event_id at the same time: one key in the clickstream dialect, two in the other.
      return { ...texts, event_type: dice.pick(['view', 'cart', 'purchase']), user_id: '1' };
    default:
      return spaced(dice, texts);
  }
}

function spaced(dice: Dice, texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).map(([field, text]) => [
      field,
      dice.percent(40) ? `${dice.pick(SPACES)}${text}${dice.pick(SPACES)}` : text,
    ]),
  );
}

function without(texts: Texts, field: EventField): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => name !== field));
}
