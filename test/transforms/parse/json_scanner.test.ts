/** The scanner against the reader that knows all of JSON: what the scanner reads, that one reads alike, however a line is damaged. */
import fc from 'fast-check';
import { CHUNK_SLACK } from '../../../schema/chunk';
import { EVENT_FIELDS } from '../../../schema/events';
import { type FieldRow, fieldText } from '../../../transforms/parse/field_row';
import { JsonRecord } from '../../../transforms/parse/json_record';
import { JsonScanner } from '../../../transforms/parse/json_scanner';
import { dirtyNdjson } from '../../dirty/dirty_ndjson';

const scanner = new JsonScanner();
const record = new JsonRecord();

/** The line behind some other bytes, with room behind it. */
function placed(line: Uint8Array, before: number): { bytes: Uint8Array; start: number; end: number } {
  const bytes = new Uint8Array(before + line.length + CHUNK_SLACK).fill(0x7b);
  bytes.set(line, before);
  return { bytes, start: before, end: before + line.length };
}

function texts(row: FieldRow): Record<string, string> {
  const trimmed = EVENT_FIELDS.map((name, field) => [
    name,
    fieldText(row, field).replace(/^[\t-\r ]+|[\t-\r ]+$/g, ''),
  ]);
  return { dialect: row.dialect, ...Object.fromEntries(trimmed) };
}

/** Whether the scanner reads it; then it has to be what the other reads. */
function agrees(line: Uint8Array, before = 3): boolean {
  const { bytes, start, end } = placed(line, before);
  if (!scanner.scan(bytes, start, end)) return false;
  const found = texts(scanner.row);
  if (!record.read(bytes.subarray(start, end)))
    throw new Error(`no JSON: ${Buffer.from(line).toString('utf8')}`);
  expect(found).toEqual(texts(record.row));
  return true;
}

const seed = fc.integer({ min: 1, max: 1_000_000 });

function linesOf(file: Buffer): Buffer[] {
  return file
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'));
}

test('dirty lines of both dialects', () => {
  let [scanned, all] = [0, 0];
  fc.assert(
    fc.property(seed, (at) => {
      for (const line of linesOf(dirtyNdjson(at, 60))) {
        all++;
        if (agrees(line)) scanned++;
      }
    }),
    { numRuns: 200 },
  );
  expect(all).toBeGreaterThan(10_000);
  expect(scanned).toBeGreaterThan(all / 3);
});

test('lines with bytes changed, taken out or put in', () => {
  const hits = [0];
  fc.assert(
    fc.property(
      seed,
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat({ max: 2 })), {
        minLength: 1,
        maxLength: 3,
      }),
      (at, edits) => {
        for (const line of linesOf(dirtyNdjson(at, 10))) {
          const bytes = [...line];
          for (const [where, byte, kind] of edits)
            bytes.splice(where % (bytes.length + 1), kind === 2 ? 0 : 1, ...(kind === 1 ? [] : [byte]));
          if (agrees(Uint8Array.from(bytes))) hits[0]++;
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect(hits[0]).toBeGreaterThan(500);
});

test.each([
  '{}',
  ' { } \t',
  '{"event_time":"2019-10-01 00:00:00 UTC","price":-1.50,"brand":null}',
  '{"timestamp":"t","event_ts":" ","page":"","page_url":"/u","device":{"ua":" "},"user_agent":"a"}',
  '{"event_time":null,"timestamp":"t"}',
  '{"utm":"text","device":{"mobile":true},"geo":{}}',
  '{"x":[1,{"event_time":"t","y":[]},"z"],"brand":{},"user_id":["u"]}',
  '{"brand":"Grünkohl ❤","user_id":0e5}',
])('reads %s', (line) => {
  expect(agrees(Buffer.from(line, 'utf8'))).toBe(true);
});

test.each([
  ['', 'nothing'],
  ['{"a":1', 'no end'],
  ['{"a":1}x', 'more behind it'],
  ['{"a":1,}', 'a comma too many'],
  ['{"a":01}', 'a number that is none'],
  ['{"a":1.}', 'a number without its fraction'],
  ['{"a":+1}', 'a plus'],
  ['{"a":.5}', 'a number without its whole part'],
  ['{"a":tru}', 'a broken word'],
  ['{"a":"b\u0001"}', 'a control character'],
  ['{"a":"\\u0041"}', 'an escape'],
  ['{"a":[1,]}', 'a comma too many in an array'],
  ['{"a":[1}', 'an array without its end'],
  ['{"a":{"b"}}', 'a name without its value'],
  ['{"brand":"a","brand":"b"}', 'a name twice'],
  ['{"utm":{"source":"a"},"utm":{}}', 'a nested one twice'],
  ['[{}]', 'an array of it'],
  ['\ufeff{}', 'a byte order mark'],
])('leaves %j, %s', (line) => {
  expect(agrees(Buffer.from(line, 'utf8'))).toBe(false);
});

test('leaves what is not UTF-8', () => {
  expect(agrees(Buffer.from('{"brand":"\xff"}', 'latin1'))).toBe(false);
});
