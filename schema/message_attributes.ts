/** Attributes of Pub/Sub messages that carry events, and what stands in them. */

/** Event time of the record, RFC 3339; absent where the record has no usable one. */
export const EVENT_TIME_ATTRIBUTE = 'event_time';
/** Hash of the record's dedup key, 32 hexadecimal digits; absent where the record would be rejected, so that it has no key. */
export const EVENT_ID_ATTRIBUTE = 'event_id';
/** Which dead letter the message is a second try of, see {@link redriveIdentity}. */
export const REDRIVE_ATTRIBUTE = 'redrive_of';

/** Pub/Sub refuses longer values of attributes, in bytes of UTF-8; ordering keys, too. */
export const ATTRIBUTE_BYTES = 1024;

/** What tells a dead letter from all others: the key of its row. */
export interface DeadLetterKey {
  readonly source: string;
  readonly position: string;
  readonly reason: string;
}

/** A dead letter's key as one text: a JSON array of source, position and reason. So it is unique, and can be taken apart again. */
export function redriveIdentity({ source, position, reason }: DeadLetterKey): string {
  return JSON.stringify([source, position, reason]);
}

/** The key in {@link redriveIdentity}'s text, or null where the text is none. */
export function deadLetterKeyOf(identity: string): DeadLetterKey | null {
  let parts: unknown;
  try {
    parts = JSON.parse(identity);
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 3 || parts.some((part) => typeof part !== 'string'))
    return null;
  const [source, position, reason] = parts as string[];
  return { source, position, reason };
}
