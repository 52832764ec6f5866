/**
 * One JSON object as a row of fields, in either dialect. Numbers keep their source text: neither a price nor an id ever passes through a double.
 */
import { isUtf8 } from 'node:buffer';
import { parse } from 'lossless-json';
import type { EventField } from '../../schema/events';
import { FIELD } from './field_row';
import { ScratchRow } from './scratch_row';

/** Source text of a JSON number, told apart from a string. */
class NumberText {
  constructor(readonly text: string) {}
}

type JsonObject = Record<string, unknown>;

/** Fields that stand under the same name in both dialects. */
const COMMON: readonly EventField[] = [
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'event_id',
  'currency',
  'page',
];

/** Fields of nested objects, the same in both dialects. */
const NESTED: readonly [EventField, string, string][] = [
  ['utm_source', 'utm', 'source'],
  ['utm_medium', 'utm', 'medium'],
  ['utm_campaign', 'utm', 'campaign'],
  ['device_os', 'device', 'os'],
  ['device_mobile', 'device', 'mobile'],
  ['device_ua', 'device', 'ua'],
  ['geo_country', 'geo', 'country'],
  ['geo_city', 'geo', 'city'],
];

export class JsonRecord {
  private readonly scratch = new ScratchRow();
  /** Why the last record is not JSON. */
  fault = '';

  /** The fields of the last record. */
  get row(): ScratchRow['row'] {
    return this.scratch.row;
  }

  /** Reads the object in `bytes`. False, with {@link fault} set, if it isn't one. */
  read(bytes: Uint8Array): boolean {
    if (!isUtf8(bytes)) return this.fail('not UTF-8');
    let value: unknown;
    try {
      value = parse(
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
        undefined,
        (text) => new NumberText(text),
      );
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : String(error));
    }
    if (!isObject(value)) return this.fail('a JSON object was expected');
    this.fill(value);
    return true;
  }

  /** `event_time` means cosmetics; else `event_ts` or `timestamp` means clickstream; else cosmetics without a time. */
  private fill(record: JsonObject): void {
    const clickstream = !('event_time' in record) && ('event_ts' in record || 'timestamp' in record);
    this.scratch.clear(clickstream ? 'clickstream' : 'cosmetics');
    for (const name of COMMON) this.set(name, record[name]);
    for (const [name, outer, inner] of NESTED) {
      const object = record[outer];
      if (isObject(object)) this.set(name, object[inner]);
    }
    if (clickstream) {
      this.set('event_time', timeText(record.event_ts) ?? timeText(record.timestamp));
      this.set('user_session', record.session_id);
      this.setDefault('page', record.page_url);
      this.setDefault('device_ua', record.user_agent);
      this.set('ip', record.ip_address);
      this.setDefault('ip', record.ip);
    } else {
      this.set('event_time', record.event_time);
      this.set('user_session', record.user_session);
      this.set('ip', record.ip);
    }
  }

  private setDefault(name: EventField, value: unknown): void {
    if (this.scratch.row.ends[FIELD[name]] === this.scratch.row.starts[FIELD[name]]) this.set(name, value);
  }

  private set(name: EventField, value: unknown): void {
    const text = textOf(value);
    if (text !== undefined) this.scratch.setText(FIELD[name], text);
  }

  private fail(fault: string): boolean {
    this.fault = fault;
    return false;
  }
}

/** A value's text: strings as they are, numbers and booleans as written; null, arrays and objects have none. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof NumberText) return value.text;
  if (typeof value === 'boolean') return String(value);
  return undefined;
}

/** The text of a time field unless it is empty, in which case the other name is tried. */
function timeText(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || /^[\t-\r ]*$/.test(text) ? undefined : text;
}

function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  );
}
