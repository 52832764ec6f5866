/** Records of one dedup key: which one counts, and how many are distinct. */
import { EVENT_FIELDS } from '../../schema/events';
import type { Event } from './event';

/** Events of one key; `winner` counts, `events` all touched their hour. */
export interface KeyGroup {
  readonly winner: Event;
  readonly events: readonly Event[];
  /** Number of distinct contents among `events`. */
  readonly distinct: number;
}

/** Groups events by dedup key, in the order in which the keys appear first. */
export function groupByKey(events: readonly Event[]): KeyGroup[] {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const key = keyOf(event);
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()].map((group) => ({
    winner: group.reduce((least, event) => (compare(event, least) < 0 ? event : least)),
    events: group,
    distinct: new Set(group.map(contentOf)).size,
  }));
}

function keyOf({ dialect, time, type, fields }: Event): string {
  if (dialect === 'clickstream' && fields.event_id !== undefined)
    return JSON.stringify([fields.event_id, time]);
  const { user_id = '', user_session = '', product_id = '' } = fields;
  return JSON.stringify([time, user_id, user_session, product_id, type]);
}

/** Canonical fields that are compared as they came, in their declared order. */
const PLAIN_FIELDS = EVENT_FIELDS.filter(
  (field) => !['event_time', 'event_type', 'price', 'brand', 'category_code'].includes(field),
);

/** The content after the price, normalised, in the order of comparison. Null is as good as empty. */
function normalTexts(event: Event): string[] {
  const { brandNorm, categoryCodeNorm, type, fields } = event;
  return [brandNorm ?? '', categoryCodeNorm ?? '', type, ...PLAIN_FIELDS.map((field) => fields[field] ?? '')];
}

function contentOf(event: Event): string {
  return JSON.stringify([event.price === null ? null : event.price.toString(), ...normalTexts(event)]);
}

/**
 * Order of the records of one key: price (missing last), brand and category code as normalised, the other fields, all in UTF-8 byte order. Records
 * that are equal so far may still spell category code or brand in other letters, which silver shows: the least spelling is taken.
 */
function compare(a: Event, b: Event): number {
  return (
    comparePrices(a.price, b.price) ||
    compareTexts(normalTexts(a), normalTexts(b)) ||
    compareTexts(spellings(a), spellings(b))
  );
}

function spellings({ fields }: Event): string[] {
  return [fields.category_code ?? '', fields.brand ?? ''];
}

function comparePrices(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = compareUtf8(text, b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Order of the UTF-8 bytes; JavaScript's own compares UTF-16 units. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
