/** Records of event files → messages, with what the parser knows of them as attributes. */
import type { OutgoingMessage } from '../../io/pubsub/outgoing_message';
import { CHUNK_SLACK } from '../../schema/chunk';
import { REJECT_REASONS } from '../../schema/events';
import { ATTRIBUTE_BYTES, EVENT_ID_ATTRIBUTE, EVENT_TIME_ATTRIBUTE } from '../../schema/message_attributes';
import { BatchBuilder } from '../../transforms/clean/batch_builder';
import { Cleaner, KEPT } from '../../transforms/clean/cleaner';
import { Dimensions } from '../../transforms/clean/dimensions';
import type { Hash128 } from '../../transforms/kernel/hash128';
import { CsvSplitter, Line } from '../../transforms/parse/csv_splitter';
import { FIELD, type FieldRow, fieldText } from '../../transforms/parse/field_row';
import { JsonRecord } from '../../transforms/parse/json_record';
import { CsvJson } from './csv_json';
import { shiftEventTime } from './shift_event_time';

/** What a record is as a message. */
export interface RecordMessage {
  readonly message: OutgoingMessage;
  /** Event time in milliseconds since 1970, NaN where the record has no usable one. */
  readonly time: number;
  /** Why a run would reject it; null where it would count it. Currencies, and times in the future, are not looked at. */
  readonly reason: string | null;
}

/** Messages' ordering keys. */
export type OrderingKey = 'user_session' | 'none';

/** Records after which the cleaner, which collects them for a run that there isn't, is made anew. */
const CLEANED_AT_MOST = 50_000;
const NEWLINE = 10;

export class RecordMessages {
  private readonly json = new JsonRecord();
  private cleaner = this.newCleaner();
  private cleaned = 0;
  private eventId = '';
  private columns: readonly string[] | null = null;
  private splitter = new CsvSplitter([]);
  private csvJson = new CsvJson([]);
  private scratch = new Uint8Array(4096);

  constructor(private readonly orderingKey: OrderingKey) {}

  /**
   * The message of a record, a line without its end: of a CSV file with these columns, or of NDJSON where there are none. CSV becomes a JSON object; JSON stays as it is; and what is no record at all becomes a
   * message of these very bytes. `shiftMs` moves the event's time, where it has one. The message holds no part of `line`.
   */
  read(line: Uint8Array, columns: readonly string[] | null, shiftMs = 0): RecordMessage {
    const found = columns === null ? this.readJson(line) : this.readCsv(line, columns);
    if (shiftMs === 0 || Number.isNaN(found.time)) return found;
    return this.readJson(shiftEventTime(found.message.data, shiftMs));
  }

  private readCsv(line: Uint8Array, columns: readonly string[]): RecordMessage {
    if (columns !== this.columns) {
      this.columns = columns;
      this.splitter = new CsvSplitter(columns);
      this.csvJson = new CsvJson(columns);
    }
    const { splitter } = this;
    splitter.open(this.terminated(line));
    if (splitter.split(0) !== Line.record) return unreadable(line, 'malformed_row');
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
    return this.clean(splitter.row, Buffer.from(this.csvJson.write(text)));
  }

  private readJson(line: Uint8Array): RecordMessage {
    if (!this.json.read(line)) return unreadable(line, 'not_json');
    return this.clean(this.json.row, Buffer.from(line));
  }

  private clean(row: FieldRow, data: Uint8Array): RecordMessage {
    if (this.cleaned++ === CLEANED_AT_MOST) {
      this.cleaner = this.newCleaner();
      this.cleaned = 0;
    }
    const answer = this.cleaner.accept(row);
    const { time } = this.cleaner;
    const attributes: Record<string, string> = {};
    if (!Number.isNaN(time)) attributes[EVENT_TIME_ATTRIBUTE] = new Date(time).toISOString();
    if (answer === KEPT) attributes[EVENT_ID_ATTRIBUTE] = this.eventId;
    return {
      message: { data, attributes, orderingKey: this.orderingKey === 'none' ? '' : sessionOf(row) },
      time,
      reason: answer === KEPT ? null : REJECT_REASONS[answer],
    };
  }

  /** A cleaner that tells the hash of each record it keeps. */
  private newCleaner(): Cleaner {
    const dimensions = new Dimensions();
    const builder = new BatchBuilder({ shards: 1, slotMinutes: 60 }, dimensions);
    return new Cleaner(builder, dimensions, null, {
      kept: (_row, _time, _type, _price, hash) => {
        this.eventId = hexOf(hash);
      },
    });
  }

  /** The line in memory that the splitter may read on behind: it wants an end, and room for words. */
  private terminated(line: Uint8Array): Uint8Array {
    const needed = line.length + 1 + CHUNK_SLACK;
    if (this.scratch.length < needed) this.scratch = new Uint8Array(2 * needed);
    this.scratch.set(line);
    this.scratch[line.length] = NEWLINE;
    return this.scratch;
  }
}

function unreadable(line: Uint8Array, reason: string): RecordMessage {
  return {
    message: { data: Buffer.from(line), attributes: {}, orderingKey: '' },
    time: Number.NaN,
    reason,
  };
}

/** A session that is too long for a key is none: such a message may overtake its neighbours, and counts all the same. */
function sessionOf(row: FieldRow): string {
  const { user_session } = FIELD;
  return row.ends[user_session] - row.starts[user_session] > ATTRIBUTE_BYTES
    ? ''
    : fieldText(row, user_session);
}

function hexOf({ h1, h2, h3, h4 }: Hash128): string {
  return [h1, h2, h3, h4].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
