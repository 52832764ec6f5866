/** Messages are parsed as lines of NDJSON are, and what only messages have counts, too. */
import fc from 'fast-check';
import { CHUNK_SLACK } from '../../../schema/chunk';
import { encodePayload } from '../../../transforms/parse/reject';
import { dirtyNdjson } from '../../dirty/dirty_ndjson';
import { messagesOf, parsed } from '../parse_messages';

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
    { maxFutureSkewMs: 3_600_000 },
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
