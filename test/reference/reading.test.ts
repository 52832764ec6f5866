/** Lines, CSV, JSON, times and prices of the plain reference, case by case. */
import { splitCsvLine } from './csv_line';
import { parseJsonLine } from './json_line';
import { linesOf } from './lines';
import { divideHalfAwayFromZero, fractionOf, parseMoney, priceBandOf } from './money';
import { parseTime } from './time';

describe('lines', () => {
  const lines = (text: string) =>
    linesOf(Buffer.from(text)).map((line) => [line.number, line.position, line.bytes.toString()]);

  test('end with LF or CRLF, the last one with nothing', () => {
    expect(lines('a\nb\r\nc')).toEqual([
      [1, 0, 'a'],
      [2, 2, 'b'],
      [3, 5, 'c'],
    ]);
  });
  test('a byte order mark belongs to no line', () => expect(lines('\ufeffa\n')).toEqual([[1, 3, 'a']]));
  test('a byte order mark further on is text', () =>
    expect(lines('a\n\ufeffb')[1]).toEqual([2, 2, '\ufeffb']));
  test('empty lines are no records but count', () => {
    expect(lines('\n \t\r\n\v\f\nx\n')).toEqual([[4, 8, 'x']]);
  });
  test('white space of a record stays in its bytes', () =>
    expect(lines('  a \r\n')).toEqual([[1, 0, '  a ']]));
  test('a CR alone ends no line', () => expect(lines('a\rb\n')).toEqual([[1, 0, 'a\rb']]));
});

describe('CSV', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi""",c', ['say "hi"', 'c']],
    ['"",""', ['', '']],
    ['5" nails,b', ['5" nails', 'b']],
    [' "a",b', [' "a"', 'b']],
    [' "a,b"', [' "a', 'b"']],
  ])('%s', (line, fields) => expect(splitCsvLine(line)).toEqual({ fields }));

  test.each(['"a', 'a,"', '"a""', '"a"b,c', '"a" ,b', '"a"\r'])('broken quoting: %j', (line) => {
    expect(splitCsvLine(line)).toHaveProperty('fault');
  });
});

describe('JSON', () => {
  test('numbers keep their source text', () => {
    expect(parseJsonLine('{"a":1487580005134238553,"b":1.50,"c":-1e3,"d":"1.50","e":[2]}')).toEqual({
      object: { a: '1487580005134238553', b: '1.50', c: '-1e3', d: '1.50', e: ['2'] },
    });
  });
  test('digits and quotes inside strings are left alone', () => {
    expect(parseJsonLine('{"a 1":"x\\"2\\" \\\\","b":3}')).toEqual({ object: { 'a 1': 'x"2" \\', b: '3' } });
  });
  test.each([
    '',
    '{',
    '{"a":01}',
    '{"a":+1}',
    '{"a":NaN}',
    '{"a":1,}',
    '{"a":"\t"}',
    '{}{}',
    "{'a':1}",
    '[]',
    '1',
    'null',
    '"x"',
  ])('not an object: %j', (line) => expect(parseJsonLine(line)).toHaveProperty('fault'));
});

describe('times', () => {
  const plain = Date.UTC(2019, 9, 1, 10, 20, 30);
  test.each([
    ['2019-10-01 10:20:30 UTC', plain],
    ['2019-10-01T10:20:30Z', plain],
    ['2019-10-01t10:20:30z', plain],
    ['2019-10-01 10:20:30', plain],
    ['2019-10-01T12:20:30+02:00', plain],
    ['2019-10-01T04:35:30-0545', plain],
    ['2019-10-01T07:20:30 -03', plain],
    ['2019-10-01T10:20Z', plain - 30_000],
    ['2019-10-01T10:20:30.1Z', plain + 100],
    ['2019-10-01T10:20:30,1239999Z', plain + 123],
    ['1969-12-31T23:59:59.9999Z', -1],
    ['2000-02-29 00:00:00 UTC', Date.UTC(2000, 1, 29)],
    ['9999-12-31 23:59:59 UTC', Date.UTC(9999, 11, 31, 23, 59, 59)],
  ])('%s', (text, time) => expect(parseTime(text)).toBe(time));

  test.each([
    '2019-10-01',
    '2019-10-01 UTC',
    '2019-02-29 00:00:00 UTC',
    '1900-02-29 00:00:00 UTC',
    '2019-10-01 24:00:00 UTC',
    '2019-10-01 10:60:00 UTC',
    '2019-10-01 10:20:60 UTC',
    '2019-10-01T10:20.5Z',
    '2019-10-01T10:20:30.Z',
    '2019-10-01T10:20:30+24',
    '2019-10-01T10:20:30+01:60',
    '2019-10-01T10:20:30  Z',
    '2019-10-01 10:20:30 utc',
    '2019-10-01 10:20:30 PST',
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '1569925230000',
    '12019-10-01 10:20:30 UTC',
  ])('no time: %s', (text) => expect(parseTime(text)).toBeNull());
});

describe('prices', () => {
  test.each([
    ['2.62', 26_200n],
    ['+2.62', 26_200n],
    ['.5', 5_000n],
    ['7.', 70_000n],
    ['-0', 0n],
    ['3.00004', 30_000n],
    ['3.00005', 30_001n],
    ['-3.00005', -30_001n],
    ['3.0000499999999999999999999999', 30_000n],
    ['1.00015', 10_002n],
    ['1.00025', 10_003n],
    ['000000000000012.5', 125_000n],
    ['999999999.99994', 9_999_999_999_999n],
    ['-999999999.9999', -9_999_999_999_999n],
  ])('%s', (text, units) => expect(parseMoney(text)).toBe(units));

  test.each([
    '',
    '.',
    '+',
    '1e3',
    '1E-2',
    '12,5',
    '1 000',
    '0x10',
    'NaN',
    '1.2.3',
    '１',
    '1000000000',
    '999999999.99995',
    '-1000000000',
  ])('no price: %s', (text) => expect(parseMoney(text)).toBeNull());

  test('bands include their lower bound', () => {
    const band = (text: string) => priceBandOf(parseMoney(text) ?? 0n, [10, 30, 60]);
    expect(['0.01', '9.9999', '10', '29.9999', '30', '59.9999', '60', '999'].map(band)).toEqual([
      '<10',
      '<10',
      '10-30',
      '10-30',
      '30-60',
      '30-60',
      '60+',
      '60+',
    ]);
  });
  test('one bound makes two bands', () => {
    expect([priceBandOf(24_999n, [2.5]), priceBandOf(25_000n, [2.5])]).toEqual(['<2.5', '2.5+']);
  });
  test('halves round away from zero', () => {
    expect([3n, -3n, 2n, 1n, 5n].map((n) => divideHalfAwayFromZero(n, 2n))).toEqual([2n, -2n, 1n, 1n, 3n]);
    expect(divideHalfAwayFromZero(-1n, 3n)).toBe(0n);
  });
  test('a double is an exact fraction', () => {
    expect(fractionOf(2.5)).toEqual([5n, 2n]);
    expect(fractionOf(0.1)).toEqual([3602879701896397n, 36028797018963968n]);
    expect(fractionOf(-3)).toEqual([-3n, 1n]);
  });
});
