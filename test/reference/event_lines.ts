/** Small inputs for the reference's own tests. */

import type { Texts } from '../dirty/shop';
import { computeReference, type InputFile, type ReferenceOptions, type Tables } from './reference';

const BASE: Texts = {
  event_time: '2019-10-01 10:20:30 UTC',
  event_type: 'view',
  product_id: 'p1',
  price: '5.00',
  user_id: 'u1',
  user_session: 's1',
  brand: 'runail',
};

/** A CSV file of the columns that occur in the rows, each row on top of one good view; an empty text takes a field away. */
export function csvOf(...rows: Texts[]): InputFile {
  const columns = [...new Set([BASE, ...rows].flatMap((row) => Object.keys(row)))] as (keyof Texts)[];
  const lines = rows.map((row) => columns.map((column) => ({ ...BASE, ...row })[column] ?? '').join(','));
  return {
    source: 'events.csv',
    bytes: Buffer.from([columns.join(','), ...lines].join('\n')),
    format: 'csv',
  };
}

/** An NDJSON file of these lines. */
export function ndjsonOf(...lines: (string | object)[]): InputFile {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  return { source: 'events.ndjson', bytes: Buffer.from(texts.join('\n')), format: 'ndjson' };
}

export function tablesOf(file: InputFile, options: Partial<ReferenceOptions> = {}): Tables {
  return computeReference([file], options);
}

/** Reasons of rejection in the order of the file. */
export function reasonsOf(file: InputFile, options: Partial<ReferenceOptions> = {}): string[] {
  return tablesOf(file, options).dead_letters.map((row) => row.reason);
}
