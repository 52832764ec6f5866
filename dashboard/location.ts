/** Where one is: a view and its filters. All of it stands in the query string of the page's address, so that an address can be kept, sent to others, and gone back to. */
import { isDay } from '../schema/column';

export const VIEWS = ['overview', 'brand', 'anomalies', 'pipeline'] as const;
export type View = (typeof VIEWS)[number];

export const DIMENSIONS = ['shop', 'brand', 'category', 'price_band'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export const STATUSES = ['open', 'retracted', 'all'] as const;
export type Status = (typeof STATUSES)[number];

export const TYPES = ['drop', 'spike'] as const;
export type AnomalyType = (typeof TYPES)[number];

export const ORDERS = ['time', 'risk'] as const;
export type Order = (typeof ORDERS)[number];

/** As many lines as can be told apart in a chart. */
export const MOST_KEYS = 5;

export interface Place {
  readonly view: View;
  /** First and last UTC day, `YYYY-MM-DD`; null where none was chosen. */
  readonly from: string | null;
  readonly to: string | null;
  /** What the overview is broken down by, and which of its values were chosen: none means the whole shop. At most {@link MOST_KEYS}. */
  readonly by: Dimension;
  readonly keys: readonly string[];
  /** The brand that is looked at, or whose anomalies are listed. */
  readonly brand: string | null;
  /** The anomaly whose evidence is shown. */
  readonly anomaly: string | null;
  readonly status: Status;
  readonly type: AnomalyType | null;
  readonly order: Order;
}

export const HOME: Place = {
  view: 'overview',
  from: null,
  to: null,
  by: 'brand',
  keys: [],
  brand: null,
  anomaly: null,
  status: 'open',
  type: null,
  order: 'time',
};

/** The place that a query string means. What it doesn't know, or can't read, is left out: an address that was cut still leads somewhere. */
export function placeOf(search: string): Place {
  const query = new URLSearchParams(search);
  const by = oneOf(DIMENSIONS, query.get('by')) ?? HOME.by;
  const keys = by === 'shop' ? [] : [...new Set(query.getAll('key').filter((key) => key !== ''))];
  return {
    view: oneOf(VIEWS, query.get('view')) ?? HOME.view,
    from: dayOf(query.get('from')),
    to: dayOf(query.get('to')),
    by,
    keys: keys.slice(0, MOST_KEYS),
    brand: query.get('brand') || null,
    anomaly: query.get('anomaly') || null,
    status: oneOf(STATUSES, query.get('status')) ?? HOME.status,
    type: oneOf(TYPES, query.get('type')),
    order: oneOf(ORDERS, query.get('order')) ?? HOME.order,
  };
}

/** The query string of a place, with its question mark; empty for {@link HOME}. What is as usual is left out. */
export function searchOf(place: Place): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | null, usual: string | null): void => {
    if (value !== null && value !== usual) query.append(name, value);
  };
  put('view', place.view, HOME.view);
  put('from', place.from, null);
  put('to', place.to, null);
  put('by', place.by, HOME.by);
  for (const key of place.keys) query.append('key', key);
  put('brand', place.brand, null);
  put('anomaly', place.anomaly, null);
  put('status', place.status, HOME.status);
  put('type', place.type, null);
  put('order', place.order, HOME.order);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function oneOf<T extends string>(values: readonly T[], value: string | null): T | null {
  return values.find((each) => each === value) ?? null;
}

/** The text, where it is a day that there is. */
export function dayOf(text: string | null): string | null {
  return text !== null && isDay(text) ? text : null;
}
