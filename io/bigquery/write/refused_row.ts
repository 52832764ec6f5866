/** A row that BigQuery does not take → the dead letter that says so, itself small enough to be taken. */
import type { DeadLetterRow } from '../../../schema/tables';
import { deadLetters } from '../../../schema/tables';
import { plainRow } from './block_values';
import type { RowRange } from './row_batch';

/** Most characters of a payload: a request has room for many such letters, whatever their characters are. */
const MOST_PAYLOAD = 1 << 20;
const MOST_REASON = 2000;

/**
 * The dead letter of a row; null where the row is a dead letter that has been cut short already, or that is small and refused all the same.
 *
 * A refused dead letter keeps its key, so that it stays the same record's; only its payload is cut short.
 *
 * @param now milliseconds since 1970
 */
export function refusalLetter(
  { rows: { table, block }, from }: RowRange,
  reason: string,
  now: number,
): DeadLetterRow | null {
  const row = plainRow(table, block, from);
  if (table.name === deadLetters.name) return shortened(row, reason);
  return {
    rejected_at: now,
    stage: 'Write to BigQuery',
    reason: 'sink_refused',
    message: reason.slice(0, MOST_REASON),
    source: table.name,
    position: cut(JSON.stringify(table.key.map((name) => row[name]))),
    line: null,
    payload: cut(JSON.stringify(row)),
    payload_encoding: 'utf8',
    event_time: null,
    event_date: null,
    columns: null,
  };
}

function shortened(letter: Record<string, unknown>, reason: string): DeadLetterRow | null {
  const payload = String(letter.payload);
  if (payload.length <= MOST_PAYLOAD) return null;
  const time = (name: string): number | null =>
    letter[name] === null ? null : Date.parse(String(letter[name]));
  return {
    ...(letter as unknown as DeadLetterRow),
    rejected_at: time('rejected_at')!,
    event_time: time('event_time'),
    message: `${letter.message} — payload of ${payload.length} characters cut short: ${reason}`.slice(
      0,
      MOST_REASON,
    ),
    payload: cut(payload),
  };
}

/** Cuts between characters, and base64 between its groups of four. */
function cut(text: string): string {
  if (text.length <= MOST_PAYLOAD) return text;
  const end = /[\ud800-\udbff]/.test(text[MOST_PAYLOAD - 1]) ? MOST_PAYLOAD - 1 : MOST_PAYLOAD;
  return text.slice(0, end);
}
