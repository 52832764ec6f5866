import { parse, stringify } from 'lossless-json';
import { trimAscii } from '../../transforms/clean/normalise';
import { parseIsoTime } from '../../transforms/parse/event_time';

/** The members that may hold an event's time, in the order in which the parser looks for them. */
const TIMES = ['event_time', 'event_ts', 'timestamp'];
const COSMETICS = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC$/;
const BLANK = /^[\t-\r ]*$/;

/**
 * A JSON record with its event time moved by some milliseconds and nothing else changed; numbers keep their text. A time like `2019-10-01 00:00:00 UTC` stays of that form, others become RFC 3339.
 */
export function shiftEventTime(json: Uint8Array, ms: number): Uint8Array {
  const record = parse(Buffer.from(json).toString('utf8'), undefined, {
    onDuplicateKey: ({ newValue }) => newValue,
  }) as Record<string, unknown>;
  // Where event_time is there, it is the record's time, whatever stands in it.
  const names = Object.hasOwn(record, TIMES[0]) ? TIMES.slice(0, 1) : TIMES;
  const name = names.find((each) => typeof record[each] === 'string' && !BLANK.test(record[each] as string));
  if (name === undefined) return json;
  const text = trimAscii(record[name] as string);
  const time = parseIsoTime(text) + ms;
  if (Number.isNaN(time)) return json;
  const iso = new Date(time).toISOString();
  record[name] = COSMETICS.test(text) ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` : iso;
  return Buffer.from(stringify(record) ?? '');
}
