import type { DeadLetterRow } from '../../schema/tables';
import { isoDate } from '../gold/gold_rows';
import type { Reject } from '../parse/reject';
import type { RangeRejects } from '../parse/tally';

/** What a range says of itself, keyed by its file. */
export class KeyBySource {
  *process(rejects: RangeRejects): Generator<{ key: string; value: RangeRejects }> {
    yield { key: rejects.source, value: rejects };
  }
}

/**
 * The ranges of a file → rows of dead_letters. A record's line is the lines of all ranges before its own, plus its line there: only here, where all ranges of the file have come
 * together, can it be known.
 */
export class DeadLetterRows {
  constructor(readonly rejectedAt: number) {}

  *process({ value }: { key: string; value: Iterable<RangeRejects> }): Generator<DeadLetterRow[]> {
    const ranges = [...value].sort((a, b) => a.rangeStart - b.rangeStart);
    let linesBefore = 0;
    for (const { lines, rejects } of ranges) {
      if (rejects.length > 0)
        yield rejects.map((reject) => deadLetterRow(reject, linesBefore, this.rejectedAt));
      linesBefore += lines;
    }
  }
}

function deadLetterRow(reject: Reject, linesBefore: number, rejectedAt: number): DeadLetterRow {
  return {
    rejected_at: rejectedAt,
    stage: 'parse',
    reason: reject.reason,
    message: reject.message,
    source: reject.source,
    position: reject.position,
    line: reject.lineInRange === null ? null : linesBefore + reject.lineInRange + 1,
    payload: reject.payload,
    payload_encoding: reject.payloadEncoding,
    event_time: reject.eventTime,
    event_date: reject.eventTime === null ? null : isoDate(reject.eventTime),
    columns: reject.columns === null ? null : JSON.stringify(reject.columns),
  };
}
