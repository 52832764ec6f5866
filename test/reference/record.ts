/** Records as they come: from files in two formats and two dialects to the canonical field names. */
import { isUtf8 } from 'node:buffer';
import { EVENT_FIELDS, type EventField, REQUIRED_CSV_COLUMNS } from '../../schema/events';
import { splitCsvLine } from './csv_line';
import { isObject, type JsonObject, parseJsonLine } from './json_line';
import { type Line, linesOf, trim } from './lines';

/** A file as the reference reads it: already decompressed. */
export interface InputFile {
  readonly source: string;
  readonly bytes: Buffer;
  readonly format: 'csv' | 'ndjson';
}

export type Dialect = 'cosmetics' | 'clickstream';
/** Trimmed texts by field; a field that is missing, null or empty is not there. */
export type Fields = Readonly<Partial<Record<EventField, string>>>;

/** What a record says, or why it can't be read. */
export type Content =
  | { readonly dialect: Dialect; readonly fields: Fields }
  | { readonly reason: 'malformed_row' | 'not_json'; readonly message: string };

export interface RawRecord {
  readonly source: string;
  readonly line: Line;
  /** Names of the CSV header as they stand there. */
  readonly columns: readonly string[] | null;
  readonly content: Content;
}

/** All records of a file, in its order. Throws if a CSV header lacks a required column. */
export function recordsOf(file: InputFile): RawRecord[] {
  return file.format === 'csv' ? csvRecords(file) : jsonRecords(file);
}

function csvRecords({ source, bytes }: InputFile): RawRecord[] {
  const [header, ...lines] = linesOf(bytes);
  if (!header) return [];
  const split = splitCsvLine(header.bytes.toString('utf8'));
  if ('fault' in split) throw new Error(`${source}: the header is no CSV: ${split.fault}`);
  const columns = split.fields;
  const names = columns.map((column) => trim(column).toLowerCase());
  for (const column of REQUIRED_CSV_COLUMNS) {
    if (!names.includes(column)) throw new Error(`${source}: no column ${column} in ${columns.join(',')}`);
  }
  return lines.map((line) => ({ source, line, columns, content: csvContent(line.bytes, names) }));
}

function csvContent(bytes: Buffer, names: readonly string[]): Content {
  if (!isUtf8(bytes)) return { reason: 'malformed_row', message: 'not UTF-8' };
  const split = splitCsvLine(bytes.toString('utf8'));
  if ('fault' in split) return { reason: 'malformed_row', message: split.fault };
  if (split.fields.length !== names.length) {
    return { reason: 'malformed_row', message: `${split.fields.length} fields, expected ${names.length}` };
  }
  const values = EVENT_FIELDS.map((field): [EventField, unknown] => [
    field,
    split.fields[names.indexOf(field)],
  ]);
  return { dialect: 'cosmetics', fields: present(values) };
}

function jsonRecords({ source, bytes }: InputFile): RawRecord[] {
  return linesOf(bytes).map((line) => ({ source, line, columns: null, content: jsonContent(line.bytes) }));
}

function jsonContent(bytes: Buffer): Content {
  if (!isUtf8(bytes)) return { reason: 'not_json', message: 'not UTF-8' };
  const parsed = parseJsonLine(bytes.toString('utf8'));
  if ('fault' in parsed) return { reason: 'not_json', message: parsed.fault };
  const { object } = parsed;
  // The dialect is a matter of names: an event_time that is null is still there.
  if (!('event_time' in object) && ('event_ts' in object || 'timestamp' in object)) {
    return { dialect: 'clickstream', fields: clickstreamFields(object) };
  }
  return { dialect: 'cosmetics', fields: cosmeticsFields(object) };
}

/** What stands under the same name in both dialects. */
function commonFields(object: JsonObject): [EventField, unknown][] {
  return [
    ['event_type', object.event_type],
    ['product_id', object.product_id],
    ['category_id', object.category_id],
    ['category_code', object.category_code],
    ['brand', object.brand],
    ['price', object.price],
    ['user_id', object.user_id],
    ['event_id', object.event_id],
    ['currency', object.currency],
    ['utm_source', inner(object.utm, 'source')],
    ['utm_medium', inner(object.utm, 'medium')],
    ['utm_campaign', inner(object.utm, 'campaign')],
    ['device_os', inner(object.device, 'os')],
    ['device_mobile', inner(object.device, 'mobile')],
    ['geo_country', inner(object.geo, 'country')],
    ['geo_city', inner(object.geo, 'city')],
  ];
}

function cosmeticsFields(object: JsonObject): Fields {
  return present([
    ...commonFields(object),
    ['event_time', object.event_time],
    ['user_session', object.user_session],
    ['page', object.page],
    ['device_ua', inner(object.device, 'ua')],
    ['ip', object.ip],
  ]);
}

function clickstreamFields(object: JsonObject): Fields {
  return present([
    ...commonFields(object),
    ['event_time', firstPresent(object.event_ts, object.timestamp)],
    ['user_session', object.session_id],
    ['page', firstPresent(object.page, object.page_url)],
    ['device_ua', firstPresent(inner(object.device, 'ua'), object.user_agent)],
    ['ip', firstPresent(object.ip, object.ip_address)],
  ]);
}

function inner(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function firstPresent(...values: unknown[]): unknown {
  return values.find((value) => textOf(value) !== undefined);
}

function present(values: readonly (readonly [EventField, unknown])[]): Fields {
  const fields: Partial<Record<EventField, string>> = {};
  for (const [field, value] of values) {
    const text = textOf(value);
    if (text !== undefined) fields[field] = text;
  }
  return fields;
}

/** A scalar's trimmed text; undefined if there is none. Numbers are texts by now. A lone surrogate has no UTF-8 and becomes U+FFFD. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'boolean') return undefined;
  const text = trim(Buffer.from(String(value), 'utf8').toString('utf8'));
  return text === '' ? undefined : text;
}
