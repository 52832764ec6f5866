/** Cleaning: a record becomes an event, or is rejected with the first reason that applies (spec, section 2). */
import { EVENT_TYPES, type EventType, type RejectReason, UNKNOWN } from '../../schema/events';
import { parseMoney, priceBandOf } from './money';
import type { Content, Dialect, Fields } from './record';
import { parseTime } from './time';

export interface Event {
  readonly dialect: Dialect;
  readonly time: number;
  readonly type: EventType;
  /** Ten-thousandths; null where it is missing, which only the clickstream dialect allows. */
  readonly price: bigint | null;
  /** Ids without `.0`; the other fields as they came, trimmed. */
  readonly fields: Fields;
  readonly brandNorm: string | null;
  readonly categoryCodeNorm: string | null;
  readonly categoryRoot: string | null;
  readonly priceBand: string;
}

export interface Rejection {
  readonly reason: RejectReason;
  readonly message: string;
  /** The event's time where it was usable. */
  readonly time: number | null;
}

const CLICKSTREAM_TYPES = new Map<string, EventType>([
  ['page_view', 'view'],
  ['add_to_cart', 'cart'],
  ['remove_from_cart', 'remove_from_cart'],
  ['purchase', 'purchase'],
]);
const COSMETICS_TYPES = new Map<string, EventType>(EVENT_TYPES.map((type) => [type, type]));

/** `currency`: the one currency to keep, or null for all. */
export function clean(
  content: Content,
  currency: string | null,
  priceBands: readonly number[],
): Event | Rejection {
  if ('reason' in content) return { ...content, time: null };
  const { dialect, fields } = content;

  if (fields.event_time === undefined) return rejected('missing_event_time', null);
  const time = parseTime(fields.event_time);
  if (time === null) return rejected('bad_event_time', null, fields.event_time);

  if (fields.event_type === undefined) return rejected('missing_event_type', time);
  const types = dialect === 'clickstream' ? CLICKSTREAM_TYPES : COSMETICS_TYPES;
  const type = types.get(fields.event_type.toLowerCase());
  if (type === undefined) return rejected('unknown_event_type', time, fields.event_type);

  let price: bigint | null = null;
  if (fields.price === undefined) {
    if (dialect === 'cosmetics') return rejected('missing_price', time);
  } else {
    price = parseMoney(fields.price);
    if (price === null) return rejected('bad_price', time, fields.price);
    if (price <= 0n) return rejected('nonpositive_price', time, fields.price);
  }

  if (currency !== null && fields.currency !== undefined) {
    if (fields.currency.toUpperCase() !== currency.trim().toUpperCase()) {
      return rejected('other_currency', time, fields.currency);
    }
  }

  const categoryCodeNorm = normaliseCategoryCode(fields.category_code);
  return {
    dialect,
    time,
    type,
    price,
    fields: withPlainIds(fields),
    brandNorm: fields.brand?.toLowerCase() ?? null,
    categoryCodeNorm,
    categoryRoot: categoryCodeNorm?.split('.')[0] || null,
    priceBand: price === null ? UNKNOWN : priceBandOf(price, priceBands),
  };
}

function rejected(reason: RejectReason, time: number | null, found = 'nothing'): Rejection {
  return { reason, time, message: `found ${found}` };
}

function normaliseCategoryCode(code: string | undefined): string | null {
  if (code === undefined) return null;
  const characters = [...code.toLowerCase()];
  return characters.map((character) => (/^[a-z0-9._-]$/.test(character) ? character : '_')).join('');
}

/** Ids printed as floats (`5773203.0`) lose the fraction of zeros; any other text stands. */
function withPlainIds(fields: Fields): Fields {
  const plain = { ...fields };
  for (const id of ['product_id', 'category_id', 'user_id'] as const) {
    const text = fields[id];
    if (text !== undefined && /^\d+\.0+$/.test(text)) plain[id] = text.split('.')[0];
  }
  return plain;
}
