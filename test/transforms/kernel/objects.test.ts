/** The kernel against the plain path, for JSON objects: whatever stands in them, both give the same records, tallies and rejects. */
import fc from 'fast-check';
import { ParseKernel } from '../../../transforms/kernel/parse_kernel';
import { FIELDS, often } from '../field_texts';
import { messagesOf, parsed } from '../parse_messages';

const TEN = Date.UTC(2019, 9, 1, 10);

/** How a text may stand in an object. */
const literal = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 60, arbitrary: fc.constant(JSON.stringify(text)) },
    {
      weight: 2,
      arbitrary: fc.constant(/^-?(0|[1-9]\d*)(\.\d+)?(e\d+)?$/.test(text) ? text : JSON.stringify(text)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'null',
        'true',
        '{}',
        '[1,"a"]',
        '{"b":[{}]}',
        `"\\u0061${'x'}"`,
        '"é"',
        '01',
        '1e5',
      ),
    },
  );

const blank = often(['', '', ''], [' ', '\n', '\t ', '\r\n']);

const member = (name: string): fc.Arbitrary<string> =>
  fc
    .tuple((FIELDS[name] ?? often(['x'], ['', '1.0'])).chain(literal), blank, blank, blank)
    .map(([value, a, b, c]) => `${a}${JSON.stringify(name)}${b}:${c}${value}`);

/** Names of no meaning, of the other fields, of the other dialect, or there already. */
const MORE = [
  '',
  'x',
  'event_tim',
  'event_timf',
  'a_name_that_is_too_long_to_be_one',
  'event_id',
  'currency',
  'ip',
  'event_ts',
  'timestamp',
  'session_id',
  'utm',
  'brand',
  'Brand',
];

const object: fc.Arbitrary<string> = fc
  .tuple(
    fc.shuffledSubarray(Object.keys(FIELDS), { minLength: 8 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...MORE), { maxLength: 2 }) },
    ),
    fc.nat({ max: 30 }),
  )
  .chain(([names, more, damage]) =>
    fc.tuple(...[...names, ...more].map(member)).map((members) => {
      const text = `{${members.join(',')}}`;
      if (damage === 0) return text.slice(0, -1);
      if (damage === 1) return `${text},`;
      if (damage === 2) return text.replace(':', ' ');
      if (damage === 3) return ` ${text}\n`;
      return text;
    }),
  );

function byKernel(work: () => void): [packed: number, left: number] {
  const { parseObjects } = ParseKernel.prototype;
  let [packed, left] = [0, 0];
  const spy = jest.spyOn(ParseKernel.prototype, 'parseObjects').mockImplementation(function (
    this: ParseKernel,
    count,
  ) {
    parseObjects.call(this, count);
    packed += this.recordCount;
    left += this.otherCount;
  });
  work();
  spy.mockRestore();
  return [packed, left];
}

test('any objects, published and announced at any time', () => {
  const published = fc.oneof(
    { weight: 10, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    { weight: 1, arbitrary: fc.constantFrom(TEN, TEN - 60_001, 0, Number.NaN) },
  );
  const announced = fc.constantFrom(TEN, TEN - 60_001, 0, Number.NaN, Number.POSITIVE_INFINITY);
  const messages = fc.array(fc.tuple(object, published, announced, fc.nat({ max: 20 })), {
    minLength: 1,
    maxLength: 40,
  });
  const counts = byKernel(() =>
    fc.assert(
      fc.property(messages, (all) => {
        const chunk = messagesOf(
          all.map(([text]) => Buffer.from(text)),
          {
            publishTimes: Float64Array.from(all, ([, published]) => published),
            timestamps: Float64Array.from(all, ([, , announced]) => announced),
            redriveOf: new Map(
              all.flatMap(([, , , redriven], i) => (redriven === 0 ? [[i, `of ${i}`] as const] : [])),
            ),
          },
        );
        const sorted = (kernel: boolean) => {
          const { rejects, tally, ...rest } = parsed(chunk, { kernel, maxFutureSkewMs: 1000 });
          return { ...rest, rejects, tally: { ...tally, hours: tally.hours.sort(([a], [b]) => a - b) } };
        };
        expect(sorted(true)).toEqual(sorted(false));
      }),
      { numRuns: 600 },
    ),
  );
  for (const count of counts) expect(count).toBeGreaterThan(1000);
});

test('more messages than the kernel takes at once, of all sizes', () => {
  const text = (at: number): string =>
    `{"event_time":"2019-10-01 10:00:00 UTC","event_type":"view","product_id":"${'p'.repeat(at % 97)}","price":"${at}.5","user_id":${at}}`;
  const data = Array.from({ length: 10_000 }, (_, at) => Buffer.from(at % 1000 === 7 ? 'no' : text(at)));
  data[5000] = Buffer.from(text(1).replace('"p"', `"${'p'.repeat(9 << 20)}"`));
  const packed = byKernel(() => {
    const { batches, tally, rejects } = parsed(messagesOf(data));
    expect(batches).toHaveLength(9990);
    expect(tally).toMatchObject({ hours: [[TEN / 3_600_000, 9990, 0]], unknown: [10, 10] });
    expect(rejects.map(({ position }) => position)).toEqual(
      Array.from({ length: 10 }, (_, i) => `m${i * 1000 + 7}`),
    );
  });
  expect(packed).toEqual([9990, 10]);
});
