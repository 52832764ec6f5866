import fc from 'fast-check';
import { parseSubstitution } from '../../../pipelines/redrive/substitution';
import { ndjsonLine, takesEvents, triage } from '../../../pipelines/redrive/triage';
import { RecordMessages } from '../../../pipelines/replay/record_messages';
import { deadLetterKeyOf, redriveIdentity } from '../../../schema/message_attributes';

const HOUR = 3_600_000;
const messages = new RecordMessages('user_session');
const TEN = Date.parse('2026-01-01T10:00:00Z');
const horizon = { watermark: TEN + 5 * HOUR, allowedLatenessMs: 2 * HOUR };

function letter(payload: string, changes = {}) {
  return {
    ...{ source: 'projects/p/subscriptions/s', position: '42', reason: 'bad_price' },
    ...{ payload, payload_encoding: 'utf8', columns: null, ...changes },
  };
}

function json(hour: number, price = '1,50'): string {
  const event_time = new Date(TEN + hour * HOUR).toISOString();
  return JSON.stringify({
    event_time,
    event_type: 'view',
    product_id: 'p',
    price,
    user_id: 'u',
    user_session: 'x',
  });
}

const FIX = [parseSubstitution('fix', 's/([0-9]),([0-9]+)/\\1.\\2/')];

test.each([
  ['still counts', json(4), FIX, 'publish', null],
  ['counts in the last hour that takes events', json(2.999), FIX, 'late', null],
  ['is behind the lateness', json(0), FIX, 'late', null],
  ['is not repaired', json(4), [], 'rejected', 'bad_price'],
  ['is no record', '{', FIX, 'rejected', 'not_json'],
])('a record that %s', (_, payload, fixes, fate, reason) => {
  expect(triage(letter(payload), fixes, messages, horizon)).toMatchObject({ fate, reason });
});

test('an hour takes events until the watermark is at its end and the lateness', () => {
  expect(takesEvents(TEN, { watermark: TEN + 3 * HOUR - 1, allowedLatenessMs: 2 * HOUR })).toBe(true);
  expect(takesEvents(TEN, { watermark: TEN + 3 * HOUR, allowedLatenessMs: 2 * HOUR })).toBe(false);
  expect(takesEvents(TEN + HOUR - 1, { watermark: TEN + 3 * HOUR - 1, allowedLatenessMs: 2 * HOUR })).toBe(
    true,
  );
  expect(takesEvents(TEN, { watermark: null, allowedLatenessMs: 2 * HOUR })).toBe(false);
});

test('a repaired message has the attributes of any other, and says which dead letter it was', () => {
  const { message, changed } = triage(letter(json(4)), FIX, messages, horizon);
  expect(changed).toBe(true);
  expect(Buffer.from(message.data).toString()).toBe(json(4, '1.50'));
  expect(message.orderingKey).toBe('x');
  expect(message.attributes).toEqual({
    event_time: '2026-01-01T14:00:00.000Z',
    event_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    redrive_of: '["projects/p/subscriptions/s","42","bad_price"]',
  });
});

test('a line of CSV becomes an object by its columns, repaired before', () => {
  const columns = JSON.stringify(['event_time', 'event_type', 'product_id', 'price', 'user_id']);
  const broken = letter('2026-01-01 14:30:00 UTC,view,p;1.50;u', { columns, reason: 'malformed_row' });
  expect(triage(broken, [], messages, horizon)).toMatchObject({ fate: 'rejected', reason: 'malformed_row' });
  const { fate, message } = triage(broken, [parseSubstitution('fix', 's/;/,/g')], messages, horizon);
  expect(fate).toBe('publish');
  expect(Buffer.from(message.data).toString()).toBe(
    '{"event_time":"2026-01-01 14:30:00 UTC","event_type":"view","product_id":"p","price":"1.50","user_id":"u"}',
  );
});

test('bytes that are no text are decoded, and can be repaired', () => {
  const bytes = Buffer.from(json(4, '2.00').replace('"u"', '"\xe9"'), 'latin1');
  const encoded = letter(bytes.toString('base64'), { payload_encoding: 'base64', reason: 'not_json' });
  expect(triage(encoded, [], messages, horizon)).toMatchObject({ fate: 'rejected', reason: 'not_json' });
  const { fate, message } = triage(encoded, [parseSubstitution('fix', 's/\\xe9/é/')], messages, horizon);
  expect(fate).toBe('publish');
  expect(JSON.parse(Buffer.from(message.data).toString()).user_id).toBe('é');
});

test('an identity can be taken apart, and fits an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (source, position, reason) => {
      expect(deadLetterKeyOf(redriveIdentity({ source, position, reason }))).toEqual({
        source,
        position,
        reason,
      });
    }),
  );
  for (const text of ['', '[]', '["a","b"]', '["a","b",1]', '{}']) expect(deadLetterKeyOf(text)).toBeNull();
  const path = `${'é/'.repeat(900)}end.csv`;
  const { message } = triage(letter('{}', { source: path }), [], messages, horizon);
  const identity = message.attributes.redrive_of;
  expect(Buffer.byteLength(identity)).toBeLessThanOrEqual(1024);
  expect(deadLetterKeyOf(identity)?.source.endsWith('/end.csv')).toBe(true);
});

test('a line of NDJSON is one line, and what was empty is a record', () => {
  expect(ndjsonLine(Buffer.from('{\r\n "a": 1\n}')).toString()).toBe('{   "a": 1 }');
  expect(JSON.parse(ndjsonLine(Buffer.from('{\r\n "a": 1\n}')).toString())).toEqual({ a: 1 });
  for (const blank of ['', ' \n']) expect(ndjsonLine(Buffer.from(blank)).toString()).toBe('""');
});
