/** Event times against Date, one calendar day after the other and field by field. */
import fc from 'fast-check';
import { EventTimeParser } from '../../../transforms/parse/event_time';

const parser = new EventTimeParser();

function parse(text: string, with_: EventTimeParser = parser): number {
  const bytes = Buffer.from(`99${text}99`, 'utf8');
  return with_.parse(bytes, 2, bytes.length - 2);
}

const two = (value: number) => String(value).padStart(2, '0');
const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Mostly days that exist, and some that don't. */
const fields: fc.Arbitrary<Fields> = fc.record({
  year: fc.oneof(
    fc.integer({ min: 0, max: 9999 }),
    fc.constantFrom(0, 1, 1582, 1600, 1900, 1969, 1970, 2000, 2019, 2100, 9999),
  ),
  month: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.constantFrom(0, 13, 99)),
  day: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 28 }) },
    fc.constantFrom(0, 28, 29, 30, 31, 32, 99),
  ),
  hour: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 23 }) }, fc.constantFrom(24, 99)),
  minute: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 59 }) }, fc.constantFrom(60, 99)),
  second: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 59 }) }, fc.constantFrom(60, 61)),
});

/** By Date, which rolls over what does not exist: what it prints tells. */
function plain({ year, month, day, hour, minute, second }: Fields, milliseconds = 0, offset = 0): number {
  const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${String(milliseconds).padStart(3, '0')}Z`;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) return Number.NaN;
  const utc = time.getTime() - offset * 60_000;
  return utc < FIRST || utc > LAST ? Number.NaN : utc;
}

const date = ({ year, month, day }: Fields) => `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
const clock = ({ hour, minute, second }: Fields) => `${two(hour)}:${two(minute)}:${two(second)}`;

test('the usual form, from one parser that remembers the last day', () => {
  fc.assert(
    fc.property(fc.array(fields, { minLength: 1, maxLength: 4 }), (all) => {
      const own = new EventTimeParser();
      for (const each of [...all, ...all])
        expect(parse(`${date(each)} ${clock(each)} UTC`, own)).toBe(plain(each));
    }),
    { numRuns: 2000 },
  );
});

test('every day of 800 years around, and none between', () => {
  for (let day = Date.UTC(1600, 0, 1); day < Date.UTC(2401, 0, 1); day += 86_400_000) {
    const text = new Date(day).toISOString().slice(0, 10);
    if (parse(`${text} 00:00:00 UTC`) !== day) expect(text).toBe('a day that is read');
  }
});

test('ISO 8601 in all its forms', () => {
  const zone = fc.oneof(
    fc.constantFrom<[string, number]>(
      ['', 0],
      ['Z', 0],
      ['z', 0],
      [' UTC', 0],
      ['UTC', 0],
      [' Z', 0],
      ['+00', 0],
      ['-00:00', 0],
    ),
    fc
      .tuple(
        fc.constantFrom('+', '-'),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.constantFrom('', ':'),
        fc.constantFrom('', ' '),
      )
      .map(([sign, hours, minutes, colon, space]): [string, number] => [
        `${space}${sign}${two(hours)}${colon}${two(minutes)}`,
        (sign === '-' ? -1 : 1) * (hours * 60 + minutes),
      ]),
  );
  const fraction = fc.tuple(fc.constantFrom('.', ','), fc.stringMatching(/^\d{1,12}$/));
  fc.assert(
    fc.property(
      fields,
      fc.constantFrom('T', 't', ' '),
      fc.option(fraction),
      zone,
      (each, separator, digits, [text, offset]) => {
        const milliseconds = digits === null ? 0 : Number(digits[1].slice(0, 3).padEnd(3, '0'));
        const written = `${date(each)}${separator}${clock(each)}${digits === null ? '' : digits.join('')}${text}`;
        expect({ written, time: parse(written) }).toEqual({
          written,
          time: plain(each, milliseconds, offset),
        });
      },
    ),
    { numRuns: 3000 },
  );
});

test.each([
  '',
  '2019',
  '2019-10-01',
  '2019-10-01 00',
  '2019-10-01T00:00Z+01:00',
  '2019-10-01  00:00:00 UTC',
  '2019-10-01 00:00:00 GMT',
  '2019-10-01 00:00:00 utc',
  '2019-10-01T00:00.5Z',
  '2019-10-01T00:00:00.Z',
  '2019-10-01T00:00:00+24:00',
  '2019-10-01T00:00:00+01:60',
  '２019-10-01 00:00:00 UTC',
  '+2019-10-01T00:00:00Z',
  '1569888000',
  '2019-10-01 00:00:00 UTC ',
  '2019-10-01T00:00:00Z\n',
])('no time: %j', (text) => expect(parse(text)).toBeNaN());

test('a byte that is no digit, anywhere in the usual form', () => {
  const good = '2019-10-01 12:34:56 UTC';
  for (let at = 0; at < good.length; at++) {
    for (const byte of [' ', '/', ':', '-', 'a', '\0', '\x7f']) {
      if (good[at] === byte) continue;
      expect(parse(good.slice(0, at) + byte + good.slice(at + 1))).toBeNaN();
    }
  }
});
