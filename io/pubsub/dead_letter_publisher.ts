/** Dead letters as messages: what was rejected, to a topic of its own, so that others can look at it, repair it or raise an alarm while the stream goes on. */
import { ATTRIBUTE_BYTES } from '../../schema/message_attributes';
import type { DeadLetterRow } from '../../schema/tables';
import type { OutgoingMessage } from './outgoing_message';
import { MESSAGE_BYTES, messageBytes, type TopicPublisher } from './topic_publisher';

/** Attribute that says how many bytes a payload has which is not in the message, for want of room. */
const OMITTED_ATTRIBUTE = 'payload_omitted';
const ELLIPSIS = '…';

/**
 * Publishes dead letters and waits until the service has confirmed all of them. Call it before the commit that they belong to: a crash in between publishes them again, with the same source and position.
 *
 * @throws {InputError} where the service refused one for good; some may be published by then.
 */
export async function publishDeadLetters(
  publisher: TopicPublisher,
  rows: Iterable<DeadLetterRow>,
): Promise<void> {
  for (const row of rows) await publisher.publish(deadLetterMessage(row));
  await publisher.flush();
}

/**
 * A dead letter as a message. Its data are the bytes that came in; its attributes `reason`, `stage`, `message`, `source`, `position`, and `event_time` (RFC 3339) where it is known. A text that is too long for
 * an attribute is cut, and ends in an ellipsis. Bytes that leave no room for attributes are left out: `payload_omitted` says how many, and they are in the table.
 */
export function deadLetterMessage(row: DeadLetterRow): OutgoingMessage {
  const { reason, stage, message, source, position } = row;
  const attributes: Record<string, string> = {};
  for (const [name, text] of Object.entries({ reason, stage, message, source, position }))
    attributes[name] = fitting(text);
  if (row.event_time !== null) attributes.event_time = new Date(row.event_time).toISOString();
  const whole = { data: payloadBytes(row), attributes, orderingKey: '' };
  if (messageBytes(whole) <= MESSAGE_BYTES) return whole;
  attributes[OMITTED_ATTRIBUTE] = String(whole.data.length);
  return { ...whole, data: new Uint8Array(0) };
}

/** The bytes that were rejected, as they came in. */
export function payloadBytes(row: Pick<DeadLetterRow, 'payload' | 'payload_encoding'>): Uint8Array {
  return Buffer.from(row.payload, row.payload_encoding === 'base64' ? 'base64' : 'utf8');
}

/** A text that an attribute can hold: cut between two characters where it can't be whole. */
function fitting(text: string): string {
  if (Buffer.byteLength(text) <= ATTRIBUTE_BYTES) return text;
  const room = ATTRIBUTE_BYTES - Buffer.byteLength(ELLIPSIS);
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(room));
  return text.slice(0, read) + ELLIPSIS;
}
