import { CHUNK_SLACK } from '../../schema/chunk';
import { EventTimeParser } from './event_time';
import { FIELD } from './field_row';
import { JsonRecord } from './json_record';
import { JsonScanner } from './json_scanner';

/** Makes a function that finds the event time in a message's data, milliseconds since 1970; NaN where there is none. For messages without the attribute that carries it. */
export function messageTime(): (data: Uint8Array) => number {
  const scanner = new JsonScanner();
  const json = new JsonRecord();
  const times = new EventTimeParser();
  let room = new Uint8Array(4096);
  return (data) => {
    const needed = data.length + CHUNK_SLACK;
    if (room.length < needed) room = new Uint8Array(needed * 2);
    room.set(data);
    const isScanned = scanner.scan(room, 0, data.length);
    if (!isScanned && !json.read(data)) return Number.NaN;
    const { bytes, starts, ends } = isScanned ? scanner.row : json.row;
    const [start, end] = trimmed(bytes, starts[FIELD.event_time], ends[FIELD.event_time]);
    return start === end ? Number.NaN : times.parse(bytes, start, end);
  };
}

function trimmed(bytes: Uint8Array, from: number, to: number): [start: number, end: number] {
  let [start, end] = [from, to];
  while (start < end && bytes[start] <= 32) start++;
  while (start < end && bytes[end - 1] <= 32) end--;
  return [start, end];
}
