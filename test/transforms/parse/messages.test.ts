/** Messages are parsed as lines of NDJSON are, and what only messages have counts, too. */
import fc from 'fast-check';
import { CHUNK_SLACK, type MessageChunk, type RawChunk } from '../../../schema/chunk';
import { ChunkParser, type ParsedPart } from '../../../transforms/parse/chunk_parser';
import { encodePayload } from '../../../transforms/parse/reject';
import { dirtyNdjson } from '../../dirty/dirty_ndjson';
import { ONE_SHARD } from '../parse_file';
import { batchTexts } from '../records';

const PUBLISHED = Date.UTC(2030, 0, 1);

function messagesOf(
  data: readonly Uint8Array[],
  about: Partial<Pick<MessageChunk, 'publishTimes' | 'timestamps' | 'redriveOf'>> = {},
): MessageChunk {
  const parts = data.flatMap((each, at) => [Buffer.from(`m${at}`), each]);
  let at = 0;
  const all = parts.flatMap(({ length }) => {
    at += length;
    return [at - length, at];
  });
  return {
    ...{ source: 'projects/p/subscriptions/s', format: 'messages', count: data.length },
    bytes: Buffer.concat([...parts, Buffer.alloc(CHUNK_SLACK)]),
    ids: Int32Array.from(all.filter((_, i) => i % 4 < 2)),
    bounds: Int32Array.from(all.filter((_, i) => i % 4 >= 2)),
    dataBytes: data.reduce((sum, { length }) => sum + length, 0),
    publishTimes: new Float64Array(data.length).fill(PUBLISHED),
    timestamps: new Float64Array(data.length).fill(Number.NaN),
    redriveOf: new Map(),
    ...about,
  };
}

function parsed(chunk: MessageChunk | RawChunk, maxFutureSkewMs: number | null = null) {
  const parser = new ChunkParser(ONE_SHARD, null, { maxFutureSkewMs });
  const parts: ParsedPart[] = [...parser.parse(chunk)];
  const { timesApart } = parser;
  parts.push(...parser.finish('s', 0));
  return {
    batches: parts.flatMap((part) => ('batch' in part ? batchTexts([part.batch.batch]) : [])).sort(),
    tally: parts.flatMap((part) => ('tally' in part ? [part.tally] : []))[0],
    rejects: parts.flatMap((part) => ('rejects' in part ? part.rejects.rejects : [])),
    timesApart,
  };
}

const EVENT =
  '{"event_time":"2019-10-01 10:00:00 UTC","event_type":"view","product_id":"p","price":"1.00","user_id":"u"}';
const TEN = Date.UTC(2019, 9, 1, 10);

test('lines of NDJSON are the same as messages', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const file = dirtyNdjson(seed, 40);
      const lines = file
        .toString('latin1')
        .split('\n')
        .map((line) => line.replace(/\r$/, ''))
        .filter((line) => line.replace(/[\t-\r ]/g, '') !== '')
        .map((line) => Buffer.from(line, 'latin1'));
      const text = Buffer.concat(lines.map((line) => Buffer.concat([line, Buffer.from('\n')])));
      const asFile = parsed({
        ...{ source: 'f', format: 'ndjson', columns: null, position: 0, start: 0, end: text.length },
        ...{ bytes: Buffer.concat([text, Buffer.alloc(CHUNK_SLACK)]), linesBefore: 0, rangeStart: 0 },
      });
      const asMessages = parsed(messagesOf(lines));
      expect(asMessages.batches).toEqual(asFile.batches);
      expect(asMessages.tally).toEqual(asFile.tally);
      const meaning = ({
        reason,
        message,
        payload,
        payloadEncoding,
        eventTime,
      }: (typeof asFile.rejects)[0]) => ({
        ...{ reason, message, payload, payloadEncoding, eventTime },
      });
      expect(asMessages.rejects.map(meaning)).toEqual(asFile.rejects.map(meaning));
      for (const { position, payload, payloadEncoding } of asMessages.rejects)
        expect(encodePayload(lines[Number(position.slice(1))])).toEqual({ payload, payloadEncoding });
    }),
    { numRuns: 100 },
  );
});

test('an object over several lines is one record; an empty message is none, and is not lost', () => {
  const { batches, rejects, tally } = parsed(
    messagesOf([Buffer.from(EVENT.replaceAll(',', ',\n')), Buffer.alloc(0)]),
  );
  expect(batches).toHaveLength(1);
  expect(rejects).toMatchObject([
    { position: 'm1', reason: 'not_json', payload: '', range: null, lineInRange: null },
  ]);
  expect(tally.unknown).toEqual([1, 1]);
});

test('an event later than its message by more than the skew is of the future', () => {
  const publishTimes = Float64Array.of(TEN, TEN - 3_600_000, TEN - 3_600_001);
  const { rejects, tally, batches } = parsed(
    messagesOf(
      [0, 1, 2].map(() => Buffer.from(EVENT)),
      { publishTimes },
    ),
    3_600_000,
  );
  expect(batches).toHaveLength(2);
  expect(rejects).toMatchObject([{ position: 'm2', reason: 'future_event_time', eventTime: TEN }]);
  expect(tally.hours).toEqual([[TEN / 3_600_000, 3, 1]]);
});

test('messages whose timestamp is of another time than their data are counted', () => {
  const timestamps = Float64Array.of(TEN, TEN + 60_000, TEN - 60_001, Number.NaN);
  const { timesApart, batches } = parsed(
    messagesOf(
      [0, 1, 2, 3].map(() => Buffer.from(EVENT)),
      { timestamps },
    ),
  );
  expect(timesApart).toBe(1);
  expect(batches).toHaveLength(4);
});

test('what was sent again from the dead letters is told by hour', () => {
  const { tally } = parsed(
    messagesOf([Buffer.from(EVENT), Buffer.from('no'), Buffer.from(EVENT)], {
      redriveOf: new Map([
        [0, 'a'],
        [1, 'b'],
      ]),
    }),
  );
  expect(tally.redriven).toEqual([
    [TEN / 3_600_000, 'a'],
    [null, 'b'],
  ]);
});
