/** What becomes of a dead letter that is tried again. */

import type { DeadLetter } from '../../io/duckdb/read_dead_letters';
import { payloadBytes } from '../../io/pubsub/dead_letter_publisher';
import type { OutgoingMessage } from '../../io/pubsub/outgoing_message';
import { HOUR_MS } from '../../schema/events';
import { ATTRIBUTE_BYTES, REDRIVE_ATTRIBUTE, redriveIdentity } from '../../schema/message_attributes';
import { isBlank } from '../../transforms/parse/csv_splitter';
import type { RecordMessages } from '../replay/record_messages';
import type { Substitution } from './substitution';

/** `publish`: its hour still takes events. `late`: it would be counted, but its hour doesn't. `rejected`: it would be rejected again. */
export type Fate = 'publish' | 'late' | 'rejected';

export interface Triaged {
  readonly fate: Fate;
  /** Why it would be rejected again; null if it wouldn't. */
  readonly reason: string | null;
  /** Whether the substitutions have changed it. */
  readonly changed: boolean;
  readonly message: OutgoingMessage;
}

/** How far the run is that rejected them, milliseconds. */
export interface Horizon {
  /** null: complete, it takes nothing any more. */
  readonly watermark: number | null;
  readonly allowedLatenessMs: number;
}

/** Changes a dead letter by some substitutions, in their order, and says what becomes of it. A record of a CSV file becomes a JSON object, by the columns that its dead letter keeps. */
export function triage(
  letter: DeadLetter,
  substitutions: readonly Substitution[],
  messages: RecordMessages,
  horizon: Horizon,
): Triaged {
  const before = payloadBytes(letter);
  const after = substitutions.reduce((bytes, substitute) => substitute(bytes), before);
  const columns = letter.columns === null ? null : (JSON.parse(letter.columns) as string[]);
  const { message, time, reason } = messages.read(after, columns);
  const attributes = { ...message.attributes, [REDRIVE_ATTRIBUTE]: identityOf(letter) };
  return {
    fate: reason !== null ? 'rejected' : takesEvents(time, horizon) ? 'publish' : 'late',
    reason,
    changed: Buffer.compare(before, after) !== 0,
    message: { ...message, attributes },
  };
}

/** Whether a run that is so far still takes events of this time: until its watermark is beyond the hour's end by the lateness. */
export function takesEvents(time: number, { watermark, allowedLatenessMs }: Horizon): boolean {
  const hourEnd = (Math.floor(time / HOUR_MS) + 1) * HOUR_MS;
  return watermark !== null && watermark < hourEnd + allowedLatenessMs;
}

/** A record as a line of NDJSON. Line ends can only be white space in JSON; in what is no JSON they are lost, and the dead letter keeps them. What is empty becomes an empty text, which is rejected as well. */
export function ndjsonLine(data: Uint8Array): Buffer {
  const line = Buffer.from(data);
  for (let at = 0; at < line.length; at++) if (line[at] === 10 || line[at] === 13) line[at] = 32;
  return isBlank(line, 0, line.length) ? Buffer.from('""') : line;
}

/** A dead letter's identity as an attribute: where a path is too long for one, its end tells it apart. */
function identityOf(letter: DeadLetter): string {
  let { source } = letter;
  for (;;) {
    const identity = redriveIdentity({ ...letter, source });
    const excess = Buffer.byteLength(identity) - ATTRIBUTE_BYTES;
    if (excess <= 0 || source === '') return identity;
    source = [...source].slice(Math.ceil(excess / 4)).join('');
  }
}
