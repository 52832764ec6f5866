/**
 * Beam's TestStream: a source that tests write event by event, with the watermark and the clock in their hands. The runner plays each event to its end before the next.
 *
 * ```ts
 * root.apply(testStream(coder).element('a', 1000).advanceWatermarkTo(60_000).element('late', 2000).advanceWatermarkToInfinity().build())
 * ```
 *
 * One pipeline can hold one TestStream. Where a test needs several sources on one clock, it has several outputs, see {@link taggedTestStream}.
 */

import { type Coder, Context } from 'apache-beam/coders/coders';
import * as runnerApi from 'apache-beam/proto/beam_runner_api';
import Long from 'long';
import { Writer } from 'protobufjs/minimal';
import { type PCollection, type Pipeline, type Root, withName } from './sdk';

export const TEST_STREAM_URN = 'beam:transform:teststream:v1';

/** Beam's first and last timestamps, in milliseconds; a watermark at the last one says that nothing more will come. */
export const MIN_TIMESTAMP = Long.fromString('-9223372036854775');
export const MAX_TIMESTAMP = Long.fromString('9223372036854775');

/** Milliseconds since 1970; a Long where they are more than a double can hold. */
export type Milliseconds = number | Long;

type Event = runnerApi.TestStreamPayload_Event['event'];

/** A stream being written; each method returns a longer one, so that tests can share a beginning. */
export class TestStreamBuilder<T, Outputs> {
  constructor(
    private readonly coder: Coder<T>,
    private readonly tags: readonly string[],
    private readonly events: readonly runnerApi.TestStreamPayload_Event[] = [],
    private readonly watermarks: ReadonlyMap<string, Long> = new Map(),
  ) {}

  /** One element, alone in its bundle. */
  element(value: T, at: Milliseconds, tag?: string): TestStreamBuilder<T, Outputs> {
    return this.elements([{ value, at }], tag);
  }

  /** Elements that come in one bundle. */
  elements(
    list: readonly { readonly value: T; readonly at: Milliseconds }[],
    tag?: string,
  ): TestStreamBuilder<T, Outputs> {
    const elements = list.map(({ value, at }) => {
      const writer = Writer.create();
      this.coder.encode(value, writer, Context.wholeStream);
      return { encodedElement: writer.finish(), timestamp: BigInt(long(at).toString()) };
    });
    const elementEvent = { elements, tag: this.known(tag) };
    return this.with({ oneofKind: 'elementEvent', elementEvent });
  }

  /**
   * What comes later is no earlier than this, or late.
   *
   * @throws RangeError where the output's watermark is beyond it already
   */
  advanceWatermarkTo(ms: Milliseconds, tag?: string): TestStreamBuilder<T, Outputs> {
    const output = this.known(tag);
    const now = this.watermarks.get(output) ?? MIN_TIMESTAMP;
    const to = long(ms);
    if (to.lessThan(now)) throw new RangeError(`The watermark can't go back from ${now} to ${to}`);
    const watermarkEvent = { newWatermark: BigInt(to.toString()), tag: output };
    return this.with({ oneofKind: 'watermarkEvent', watermarkEvent }, new Map([[output, to]]));
  }

  /** Nothing more will come from this output. Every output has to get there, or the pipeline never ends. */
  advanceWatermarkToInfinity(tag?: string): TestStreamBuilder<T, Outputs> {
    return this.advanceWatermarkTo(MAX_TIMESTAMP, tag);
  }

  /** Moves the one clock that all of the pipeline has; it starts at 0. */
  advanceProcessingTimeBy(ms: number): TestStreamBuilder<T, Outputs> {
    if (!Number.isSafeInteger(ms) || ms < 0) {
      throw new RangeError(`Processing time advances by a whole number of milliseconds from 0, not by ${ms}`);
    }
    const processingTimeEvent = { advanceDuration: BigInt(ms) };
    return this.with({ oneofKind: 'processingTimeEvent', processingTimeEvent });
  }

  /** The transform, for a pipeline's root. */
  build(name = 'TestStream'): (root: Root) => Outputs {
    const expand = (_root: Root, pipeline: Pipeline, transform: runnerApi.PTransform) => {
      const payload = { coderId: pipeline.context.getCoderId(this.coder), events: [...this.events] };
      transform.spec = {
        urn: TEST_STREAM_URN,
        payload: runnerApi.TestStreamPayload.toBinary(runnerApi.TestStreamPayload.create(payload)),
      };
      const output = () =>
        pipeline.createPCollectionInternal<T>(this.coder, undefined, runnerApi.IsBounded_Enum.UNBOUNDED);
      if (this.tags.length === 0) return output();
      return Object.fromEntries(this.tags.map((tag) => [tag, output()]));
    };
    return withName(name, expand) as never;
  }

  private with(event: Event, watermarks?: ReadonlyMap<string, Long>): TestStreamBuilder<T, Outputs> {
    const after = new Map([...this.watermarks, ...(watermarks ?? [])]);
    return new TestStreamBuilder(this.coder, this.tags, [...this.events, { event }], after);
  }

  private known(tag = ''): string {
    if (this.tags.length === 0 ? tag !== '' : !this.tags.includes(tag)) {
      const outputs = this.tags.length === 0 ? 'no tags' : `the outputs ${this.tags.join(', ')}`;
      throw new RangeError(`The stream has ${outputs}, not ${tag === '' ? 'one without a tag' : tag}`);
    }
    return tag;
  }
}

/** A stream with one output. */
export function testStream<T>(coder: Coder<T>): TestStreamBuilder<T, PCollection<T>> {
  return new TestStreamBuilder(coder, []);
}

/** A stream with an output for each tag, each with a watermark of its own; every event but the clock's names its output. */
export function taggedTestStream<T, Tag extends string>(
  coder: Coder<T>,
  tags: readonly Tag[],
): TestStreamBuilder<T, Record<Tag, PCollection<T>>> {
  return new TestStreamBuilder(coder, tags);
}

function long(ms: Milliseconds): Long {
  if (typeof ms === 'number' && !Number.isSafeInteger(ms)) {
    throw new RangeError(
      `A timestamp is a whole number of milliseconds that a double can hold, or a Long, not ${ms}`,
    );
  }
  return Long.fromValue(ms);
}
