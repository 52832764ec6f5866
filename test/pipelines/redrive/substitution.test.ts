import fc from 'fast-check';
import { InputError } from '../../../io/input_error';
import { parseSubstitution } from '../../../pipelines/redrive/substitution';

function apply(substitution: string, text: string): string {
  return Buffer.from(parseSubstitution('fix', substitution)(Buffer.from(text))).toString();
}

test.each([
  ['s/a/b/', 'aa', 'ba'],
  ['s/a/b/g', 'aa', 'bb'],
  ['s/A/b/gi', 'aA', 'bb'],
  ['s/^x/y/gm', 'x\nx', 'y\ny'],
  ['s|/|\\||g', 'a/b', 'a|b'],
  ['s/\\//-/g', 'a/b', 'a-b'],
  ['s/(\\d+),(\\d+)/\\1.\\2/', '"12,50"', '"12.50"'],
  ['s/b+/[&]/', 'abbc', 'a[bb]c'],
  ['s/b/\\&/', 'abc', 'a&c'],
  ['s/b/\\n\\t\\\\/', 'abc', 'a\n\t\\c'],
  ['s/b/$1$$/', 'abc', 'a$1$$c'],
  ['s/(x)?b/<\\1>/', 'abc', 'a<>c'],
  ['s/é/e/g', 'café é', 'cafe e'],
  ['s/./_/g', '💰a', '__'],
  ['s/\\-/+/', 'a-b', 'a+b'],
  ['s/b//', 'abc', 'ac'],
])('%s makes of %j %j', (substitution, before, after) => expect(apply(substitution, before)).toBe(after));

test.each(['', 's', 's/a/b', 'a/b/c/', 's/a/b/x', 's/(/b/', 'sxaxbx', 's/a/b/c/d/', 'y/a/b/'])(
  '%j is none',
  (text) => expect(() => parseSubstitution('fix', text)).toThrow(InputError),
);

test('in bytes that are no text, a pattern sees bytes, and nothing else changes', () => {
  const fix = parseSubstitution('fix', 's/\\xe9/é/g');
  const before = Buffer.from([0x00, 0xe9, 0xff, 0x41]);
  expect([...fix(before)]).toEqual([0x00, 0xc3, 0xa9, 0xff, 0x41]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const marker = Buffer.concat([Buffer.from([0xff]), bytes, Buffer.from('END')]);
      const changed = parseSubstitution('fix', 's/END$/END!/')(marker);
      expect(Buffer.from(changed)).toEqual(Buffer.concat([marker, Buffer.from('!')]));
    }),
  );
});

test('a pattern that is not there changes nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const same = parseSubstitution('fix', 's/\\bnowhere in this\\b/x/g')(bytes);
      expect(Buffer.from(same)).toEqual(Buffer.from(bytes));
    }),
  );
});
