/**
 * One JSON object as a row of fields, in either dialect. Numbers keep their source text: neither a price nor an id ever passes through a double.
 */
import { isUtf8 } from 'node:buffer';
import { type ParseOptions, parse } from 'lossless-json';
import type { EventField } from '../../schema/events';
import { FIELD } from './field_row';
import { ScratchRow } from './scratch_row';

/** Source text of a JSON number, told apart from a string. */
class NumberText {
  constructor(readonly text: string) {}
}

type JsonObject = Record<string, unknown>;

/** Numbers keep their text; of equal names the last counts, as for JSON.parse. */
const LOSSLESS: ParseOptions = {
  parseNumber: (text) => new NumberText(text),
  onDuplicateKey: ({ newValue }) => newValue,
};

const BLANK = /^[\t-\r ]*$/;

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
];

/** Fields of nested objects, the same in both dialects. */
const NESTED: readonly [EventField, string, string][] = [
  ['utm_source', 'utm', 'source'],
  ['utm_medium', 'utm', 'medium'],
  ['utm_campaign', 'utm', 'campaign'],
  ['device_os', 'device', 'os'],
  ['device_mobile', 'device', 'mobile'],
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
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    try {
      JSON.parse(text); // lossless-json takes some texts that are not JSON, `{"n":.5}` among them
      value = parse(text, undefined, LOSSLESS);
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : String(error));
    }
    if (!isObject(value)) return this.fail('a JSON object was expected');
    this.fill(value);
    return true;
  }

  /** `event_time` means cosmetics; else `event_ts` or `timestamp` means clickstream; else cosmetics without a time. */
  private fill(record: JsonObject): void {
    const clickstream =
      !Object.hasOwn(record, 'event_time') &&
      (Object.hasOwn(record, 'event_ts') || Object.hasOwn(record, 'timestamp'));
    this.scratch.clear(clickstream ? 'clickstream' : 'cosmetics');
    for (const name of COMMON) this.set(name, at(record, name));
    for (const [name, outer, inner] of NESTED) this.set(name, within(record, outer, inner));
    if (clickstream) {
      this.set('event_time', at(record, 'event_ts'), at(record, 'timestamp'));
      this.set('user_session', at(record, 'session_id'));
      this.set('page', at(record, 'page'), at(record, 'page_url'));
      this.set('device_ua', within(record, 'device', 'ua'), at(record, 'user_agent'));
      this.set('ip', at(record, 'ip_address'), at(record, 'ip'));
    } else {
      this.set('event_time', at(record, 'event_time'));
      this.set('user_session', at(record, 'user_session'));
      this.set('page', at(record, 'page'));
      this.set('device_ua', within(record, 'device', 'ua'));
      this.set('ip', at(record, 'ip'));
    }
  }

  /** Sets a field to the first of some values that isn't blank. */
  private set(name: EventField, ...values: unknown[]): void {
    const text = values.map(textOf).find((candidate) => candidate !== undefined && !BLANK.test(candidate));
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

/** A record's own value of a name: one called `__proto__` is no more than any other. */
function at(record: JsonObject, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function within(record: JsonObject, outer: string, inner: string): unknown {
  const object = at(record, outer);
  return isObject(object) ? at(object, inner) : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  );
}
