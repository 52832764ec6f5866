import fc from 'fast-check';
import { messageTimes, timeIn } from '../../../io/pubsub/event_time';
import { encodeMessage } from './wire_message';

const message = (attributes: [string, string][], data = '') =>
  encodeMessage({
    data: Buffer.from(data),
    attributes: new Map(attributes),
    messageId: '1',
    publishTime: { seconds: 5, nanos: 0 },
    orderingKey: 'session',
  });
const ofBody = (data: Uint8Array) => (data.length === 0 ? Number.NaN : Number(Buffer.from(data).toString()));

test.each([
  ['2019-10-01T00:00:00Z', '2019-10-01T00:00:00.000Z'],
  ['2019-10-01T02:00:00.5+02:00', '2019-10-01T00:00:00.500Z'],
  ['2019-10-01t00:00:00.123456789z', '2019-10-01T00:00:00.123Z'],
  ['2019-10-01 00:00:00Z', '2019-10-01T00:00:00.000Z'],
  ['1569888000123', '2019-10-01T00:00:00.123Z'],
  ['0', '1970-01-01T00:00:00.000Z'],
  ['-1', '1969-12-31T23:59:59.999Z'],
  ['253402300799999', '9999-12-31T23:59:59.999Z'],
])('%s', (text, expected) => {
  expect(new Date(timeIn(text)).toISOString()).toBe(expected);
});

test.each([
  '',
  ' ',
  'now',
  '2019-10-01',
  '2019-10-01T00:00:00',
  '2019-13-01T00:00:00Z',
  '2019-10-01T25:00:00Z',
  '0000-01-01T00:00:00Z',
  '253402300800000',
  '1e12',
  '12.5',
  '0x10',
  '9999999999999999',
])('«%s» is no time', (text) => {
  expect(timeIn(text)).toBeNaN();
});

test('every time of a JavaScript date is read again, written either way', () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59Z'),
        noInvalidDate: true,
      }),
      (date) => {
        expect(timeIn(date.toISOString())).toBe(date.getTime());
        expect(timeIn(String(date.getTime()))).toBe(date.getTime());
      },
    ),
  );
});

test('the attribute comes first, wherever it is among others', () => {
  const word = fc.string({ maxLength: 12 }).filter((text) => text !== 'event_time');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, word), { maxLength: 4 }),
      fc.nat(4),
      fc.nat(1e12),
      (others, place, time) => {
        const attributes = others.slice();
        attributes.splice(place, 0, ['event_time', String(time)]);
        expect(messageTimes('event_time', ofBody)(message(attributes, '5'))).toBe(time);
        expect(messageTimes('event_time', ofBody)(message(others, '5'))).toBe(5);
        expect(messageTimes(null, ofBody)(message(attributes, '5'))).toBe(5);
      },
    ),
  );
});

test('where neither knows, it is not known', () => {
  const timeOf = messageTimes('event_time', ofBody);
  expect(timeOf(message([]))).toBeNaN();
  expect(timeOf(message([['event_time', 'never']]))).toBeNaN();
  expect(timeOf(message([['event_tim', '5']]))).toBeNaN();
  expect(timeOf(message([['event_times', '5']]))).toBeNaN();
  expect(timeOf(message([], '1e300'))).toBeNaN();
  expect(timeOf(new Uint8Array(0))).toBeNaN();
});
