/** Names that mean something in a JSON record, and the fields of an event that their values are. */
import { EVENT_FIELDS, type EventField } from '../../schema/events';
import { PACKED_FIELDS } from './packed_fields';
import type { ParseExports } from './parse_exports';

/** Objects within a record whose names mean something, too. */
const NESTED: readonly string[] = ['utm', 'device', 'geo'];

/** Names by their path. The kernel packs records that have no others than the first nine. */
const NAMES: readonly string[] = [
  ...PACKED_FIELDS,
  ...['event_id', 'currency', 'page', 'ip'],
  ...['event_ts', 'timestamp', 'session_id', 'page_url', 'user_agent', 'ip_address'],
  ...NESTED,
  ...['utm.source', 'utm.medium', 'utm.campaign', 'device.os', 'device.mobile', 'device.ua'],
  ...['geo.country', 'geo.city'],
];

// Each has a bit of a number in the kernel.
if (NAMES.length > 31) throw new Error('too many names of JSON fields');

/** The number of a name. */
export const NAME: Readonly<Record<string, number>> = Object.fromEntries(
  NAMES.map((name, number) => [name, number]),
);

/** How many there are. */
export const NAME_COUNT = NAMES.length;

/** Tells a new kernel the names. */
export function addNames(kernel: ParseExports): void {
  const levelOf = (object: string): number => NESTED.indexOf(object) + 1;
  for (const path of NAMES) {
    const dot = path.indexOf('.');
    const name = Buffer.from(path.slice(dot + 1), 'latin1');
    const address = kernel.addName(levelOf(path.slice(0, Math.max(0, dot))), name.length, levelOf(path));
    new Uint8Array(kernel.memory.buffer, address, name.length).set(name);
  }
}

/** For each field of an event the numbers of the names that its text is taken from: the first whose text isn't blank. −1 where there is none. */
export interface FieldNames {
  readonly first: Int8Array;
  readonly second: Int8Array;
}

const COMMON: Partial<Record<EventField, readonly string[]>> = {
  ...Object.fromEntries(
    [...PACKED_FIELDS, 'event_id', 'currency', 'page', 'ip'].map((name) => [name, [name]]),
  ),
  utm_source: ['utm.source'],
  utm_medium: ['utm.medium'],
  utm_campaign: ['utm.campaign'],
  device_os: ['device.os'],
  device_mobile: ['device.mobile'],
  device_ua: ['device.ua'],
  geo_country: ['geo.country'],
  geo_city: ['geo.city'],
};

function fieldNames(own: Partial<Record<EventField, readonly string[]>>): FieldNames {
  const nth = (at: number): Int8Array =>
    Int8Array.from(EVENT_FIELDS, (field) => {
      const name = (own[field] ?? COMMON[field])?.[at];
      return name === undefined ? -1 : NAME[name];
    });
  return { first: nth(0), second: nth(1) };
}

export const DIALECTS: Readonly<Record<'cosmetics' | 'clickstream', FieldNames>> = {
  cosmetics: fieldNames({}),
  clickstream: fieldNames({
    event_time: ['event_ts', 'timestamp'],
    user_session: ['session_id'],
    page: ['page', 'page_url'],
    device_ua: ['device.ua', 'user_agent'],
    ip: ['ip_address', 'ip'],
  }),
};
