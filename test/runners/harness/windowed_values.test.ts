/** Elements on the wire, against the SDK's own coder, which decodes and encodes every part of each anew. */
import { type Coder, Context } from 'apache-beam/coders/coders';
import {
  FullWindowedValueCoder,
  GlobalWindowCoder,
  IntervalWindowCoder,
  StrUtf8Coder,
} from 'apache-beam/coders/standard_coders';
import { GlobalWindow, IntervalWindow, type PaneInfo, Timing, type WindowedValue } from 'apache-beam/values';
import fc from 'fast-check';
import Long from 'long';
import { WindowedValueReader, WindowedValueWriter } from '../../../runners/harness/fn_api/windowed_values';
import { decodedElements, encoded } from './described_stage';

const TEXT = new StrUtf8Coder() as Coder<unknown>;

const instant = fc.oneof(
  fc.constantFrom(Long.fromString('-9223372036854775'), Long.fromString('9223372036854775'), Long.ZERO),
  fc.integer({ min: -1e9, max: 2e9 }).map((ms) => Long.fromNumber(ms)),
  fc.maxSafeInteger().map((ms) => Long.fromNumber(ms)),
);
const interval = fc
  .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 1e6 }))
  .map(
    ([start, size]) =>
      new IntervalWindow(Long.fromNumber(start * 1000), Long.fromNumber(start * 1000 + size)),
  );
const pane: fc.Arbitrary<PaneInfo> = fc
  .record({
    timing: fc.constantFrom(Timing.EARLY, Timing.ON_TIME, Timing.LATE, Timing.UNKNOWN),
    index: fc.nat(300),
    onTimeIndex: fc.nat(300),
    isFirst: fc.boolean(),
    isLast: fc.boolean(),
  })
  // Panes as a runner numbers them: of the rest the wire says nothing.
  .map(({ timing, index, onTimeIndex, ...ends }) => ({
    ...ends,
    timing,
    index: timing === Timing.UNKNOWN ? 0 : index,
    onTimeIndex:
      timing === Timing.UNKNOWN ? 0 : timing === Timing.EARLY ? (index === 0 ? 0 : -1) : onTimeIndex,
  }));

function elementsIn(window: fc.Arbitrary<IntervalWindow | GlobalWindow>) {
  const header = fc.record({ windows: fc.array(window, { minLength: 1, maxLength: 3 }), pane });
  const run = fc
    .tuple(
      header,
      fc.array(fc.record({ value: fc.string({ maxLength: 40 }), timestamp: instant }), { maxLength: 5 }),
    )
    .map(([{ windows, pane }, values]) => values.map((each) => ({ ...each, windows, pane })));
  return fc.array(run, { maxLength: 6 }).map((runs) => runs.flat() as WindowedValue<unknown>[]);
}

const KINDS: [string, Coder<unknown>, fc.Arbitrary<WindowedValue<unknown>[]>][] = [
  ['the global window', GlobalWindowCoder.INSTANCE as never, elementsIn(fc.constant(new GlobalWindow()))],
  ['interval windows', IntervalWindowCoder.INSTANCE as never, elementsIn(interval)],
];

const plain = (elements: WindowedValue<unknown>[]) =>
  elements.map(({ value, windows, timestamp, pane }) => ({
    value,
    timestamp: timestamp.toString(),
    pane,
    windows: windows.map((window) =>
      window instanceof IntervalWindow ? [window.start.toString(), window.end.toString()] : 'global',
    ),
  }));

describe.each(KINDS)('in %s', (_name, windowCoder, elements) => {
  const whole = new FullWindowedValueCoder(TEXT as never, windowCoder as never) as never as Coder<unknown>;

  test('what the SDK writes is read, over any number of messages', () => {
    fc.assert(
      fc.property(fc.array(elements, { maxLength: 3 }), (messages) => {
        const reader = new WindowedValueReader(TEXT, windowCoder);
        const read: WindowedValue<unknown>[] = [];
        for (const message of messages) {
          reader.open(encoded(message, whole));
          while (!reader.isAtEnd) read.push(reader.next());
        }
        expect(plain(read)).toEqual(plain(messages.flat()));
      }),
      { numRuns: 300 },
    );
  });

  test('what is written the SDK reads', () => {
    fc.assert(
      fc.property(elements, (values) => {
        const writer = new WindowedValueWriter(TEXT, windowCoder);
        const messages = values.map((value) => {
          const bytes = new Uint8Array(writer.measure(value));
          writer.writeTo(bytes);
          return bytes;
        });
        expect(plain(decodedElements(messages, whole))).toEqual(plain(values));
      }),
      { numRuns: 300 },
    );
  });
});

test('elements that follow one another share windows and pane', () => {
  const reader = new WindowedValueReader(TEXT, GlobalWindowCoder.INSTANCE as never);
  reader.open(encoded(['a', 'b']));
  const [first, second] = [reader.next(), reader.next()];
  expect(second.windows).toBe(first.windows);
  expect(second.pane).toBe(first.pane);
  expect(reader.isAtEnd).toBe(true);
});

test('a message that is cut off anywhere is an error, never an element', () => {
  const message = encoded(['a text of some length']);
  for (let length = 1; length < message.length; length++) {
    const reader = new WindowedValueReader(TEXT, GlobalWindowCoder.INSTANCE as never);
    reader.open(message.slice(0, length));
    expect(() => reader.next()).toThrow();
  }
});

test('the context that values are in is the one of elements behind one another', () => {
  const seen: Context[] = [];
  const coder = {
    encode: (_value: unknown, _writer: unknown, context: Context) => void seen.push(context),
    decode: (_reader: unknown, context: Context) => void seen.push(context),
  };
  new WindowedValueWriter(coder as never, GlobalWindowCoder.INSTANCE as never).measure(
    decodedElements([encoded(['a'])])[0],
  );
  const reader = new WindowedValueReader(coder as never, GlobalWindowCoder.INSTANCE as never);
  reader.open(encoded(['']));
  reader.next();
  expect(seen).toEqual([Context.needsDelimiters, Context.needsDelimiters]);
});
