/** Protobuf's wire form, held against the library that Google's clients write and read it with. */
import { protos } from '@google-cloud/pubsub';
import fc from 'fast-check';
import { varintLength, writeVarint } from '../../../io/wire/varint';
import { DELIMITED, VARINT, WireCursor } from '../../../io/wire/wire_cursor';

const { Timestamp } = protos.google.protobuf;
const { PubsubMessage } = protos.google.pubsub.v1;

/** Of a Timestamp, whose field 1 is a number of 64 bits. */
const SECONDS = (1 << 3) | VARINT;

const whole = fc.oneof(
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  // Where a number takes a byte more.
  fc.tuple(fc.nat(7), fc.integer({ min: -1, max: 1 })).map(([bytes, beside]) => 2 ** (7 * bytes) + beside),
  fc.constantFrom(
    0,
    -1,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 32),
  ),
);

function timestampOf(value: number): Buffer {
  const bytes = Buffer.alloc(1 + varintLength(value));
  const end = writeVarint(value, bytes, writeVarint(SECONDS, bytes, 0));
  expect(end).toBe(bytes.length);
  return bytes;
}

/** Each field as its number and its value: a number, or so many bytes. */
function fieldsOf(message: Uint8Array): [field: number, value: number | string][] {
  const cursor = new WireCursor().reset(message);
  const fields: [number, number | string][] = [];
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    if ((tag & 7) === VARINT) fields.push([tag >> 3, cursor.varint()]);
    else if ((tag & 7) === DELIMITED) {
      const length = cursor.length();
      fields.push([tag >> 3, Buffer.from(message.subarray(cursor.at, cursor.at + length)).toString('utf8')]);
      cursor.at += length;
    } else cursor.skip(tag);
  }
  return fields;
}

test('whole numbers are written as the library reads them, and read as it writes them', () => {
  fc.assert(
    fc.property(whole, (value) => {
      const bytes = timestampOf(value);
      expect(Number(Timestamp.decode(bytes).seconds)).toBe(value + 0);
      // A field that is 0 is left out by the library, and stands where it was written.
      if (value !== 0)
        expect(Buffer.from(Timestamp.encode({ seconds: value }).finish()).equals(bytes)).toBe(true);
      expect(fieldsOf(bytes)).toEqual([[1, value]]);
    }),
    { numRuns: 2000 },
  );
});

test('a cursor reads what it wants and passes over the rest', () => {
  const text = fc.string({ minLength: 1, unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1 }), (messageId, orderingKey, seconds) => {
      const bytes = PubsubMessage.encode({ messageId, orderingKey, publishTime: { seconds } }).finish();
      const fields = fieldsOf(bytes);
      expect(fields.filter(([field]) => field !== 4)).toEqual([
        [3, messageId],
        [5, orderingKey],
      ]);
      const cursor = new WireCursor().reset(bytes);
      let count = 0;
      for (; cursor.at < cursor.end; count++) cursor.skip(cursor.varint());
      expect(cursor.at).toBe(bytes.length);
      expect(count).toBe(fields.length);
    }),
  );
});

test('fields of fixed length are passed over', () => {
  const [FIXED64, FIXED32] = [1, 5];
  const bytes = Buffer.alloc(1 + 8 + 1 + 4 + 2);
  bytes[0] = (1 << 3) | FIXED64;
  bytes[9] = (2 << 3) | FIXED32;
  bytes[14] = (3 << 3) | VARINT;
  bytes[15] = 7;
  expect(fieldsOf(bytes)).toEqual([[3, 7]]);
});

test('what is cut off is an error, at whatever byte, and never read as something else', () => {
  const text = fc.string({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(text, whole, fc.nat(), (messageId, seconds, where) => {
      const bytes = PubsubMessage.encode({ messageId, publishTime: { seconds } }).finish();
      const ends = new Set([0]);
      const cursor = new WireCursor().reset(bytes);
      while (cursor.at < cursor.end) {
        cursor.skip(cursor.varint());
        ends.add(cursor.at);
      }
      const cut = bytes.subarray(0, where % bytes.length);
      // Between two fields a message may end.
      if (ends.has(cut.length)) expect(() => fieldsOf(cut)).not.toThrow();
      else expect(() => fieldsOf(cut)).toThrow(RangeError);
    }),
  );
});

test.each([
  ['a number without end', [VARINT, ...Array(11).fill(0xff)], 'a number has no end'],
  ['a length beyond the end', [DELIMITED, 5, 1, 2], 'a field of 5 bytes'],
  ['a type that no message has', [7], 'a field of type 7'],
  ['a fixed number that is cut off', [5, 1, 2], 'its last field is cut off'],
])('%s', (_, bytes, said) => {
  expect(() => {
    const cursor = new WireCursor().reset(new Uint8Array(bytes));
    cursor.skip(cursor.varint());
  }).toThrow(said);
});
