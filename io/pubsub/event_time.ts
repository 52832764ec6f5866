/** When an event of a message happened, as its attribute says, without decoding the rest of the message. */
import { FIRST_TIME, LAST_TIME } from '../../schema/events';
import { MessageFields } from './message_fields';

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const MILLIS = /^-?\d{1,15}$/;

/** Milliseconds since 1970, further digits cut; NaN where nothing says it. */
export type EventTimeOf = (data: Uint8Array) => number;

/**
 * Finds the event time of a serialised PubsubMessage: in the attribute where one is named and it can be read, else in the body.
 *
 * @param attribute name of the attribute, or null
 * @param eventTimeOf finds it in the body; the bytes are the caller's only during the call
 */
export function messageTimes(
  attribute: string | null,
  eventTimeOf: EventTimeOf,
): (message: Uint8Array) => number {
  const fields = new MessageFields(attribute);
  return (message) => {
    fields.read(message);
    const time = fields.attribute === null ? Number.NaN : timeIn(fields.attribute);
    return Number.isNaN(time)
      ? inRange(eventTimeOf(message.subarray(fields.dataStart, fields.dataEnd)))
      : time;
  };
}

/** RFC 3339, or milliseconds since 1970; NaN for all else. */
export function timeIn(text: string): number {
  if (RFC3339.test(text)) return inRange(Date.parse(text.toUpperCase()));
  return MILLIS.test(text) ? inRange(Number(text)) : Number.NaN;
}

function inRange(time: number): number {
  return time >= FIRST_TIME && time <= LAST_TIME ? Math.floor(time) : Number.NaN;
}
