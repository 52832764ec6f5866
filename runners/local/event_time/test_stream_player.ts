/** Plays a TestStream: its events in order, one whenever the pipeline has come to rest. */
import { TestStreamPayload, type TestStreamPayload_Event } from 'apache-beam/proto/beam_runner_api';
import Long from 'long';
import type { Coders } from '../../harness/coders';
import type { SharedProtos, Step } from '../stages';
import { ManualClock } from './clock';
import { MIN_INSTANT, toMillis } from './instants';
import type { GraphRoot, RootElements } from './root';
import { RootBatchBuilder } from './root_batch';

export const TEST_STREAM_URN = 'beam:transform:teststream:v1';

export class TestStreamPlayer implements GraphRoot {
  readonly clock = new ManualClock();
  /** By PCollection that the stream gives out. */
  readonly watermarks = new Map<string, number>();
  private readonly events: readonly TestStreamPayload_Event[];
  private readonly outputs: ReadonlyMap<string, string>;
  private played = 0;

  constructor(
    { transform }: Step,
    private readonly protos: SharedProtos,
    private readonly coders: Coders,
    private readonly onPlayed: (event: number) => void,
  ) {
    this.events = TestStreamPayload.fromBinary(transform.spec!.payload).events;
    const outputs = Object.entries(transform.outputs);
    // An event of a stream with one output may go without its name.
    this.outputs = new Map([...outputs, ...(outputs.length === 1 ? [['', outputs[0][1]] as const] : [])]);
    for (const [, pcollection] of outputs) this.watermarks.set(pcollection, MIN_INSTANT);
  }

  /** Over when the last event has been played, and what it led to is done. */
  get isOver(): boolean {
    return this.played > this.events.length;
  }

  async open(): Promise<void> {}

  /** Plays the next event. Since it is asked when the graph has come to rest, the one before is done then. */
  async next(): Promise<readonly RootElements[]> {
    if (this.played > 0) this.onPlayed(this.played - 1);
    if (this.played === this.events.length) {
      this.played++;
      return [];
    }
    const elements = this.play();
    return elements === undefined ? [] : [elements];
  }

  /** A test stream is played once. */
  mark(): null {
    return null;
  }

  async finalise(): Promise<void> {}
  async close(): Promise<void> {}

  private play(): RootElements | undefined {
    const { event } = this.events[this.played++];
    switch (event.oneofKind) {
      case 'processingTimeEvent':
        this.clock.now += Number(event.processingTimeEvent.advanceDuration);
        return undefined;
      case 'watermarkEvent': {
        const { newWatermark, tag } = event.watermarkEvent;
        this.watermarks.set(this.outputOf(tag), toMillis(Long.fromString(String(newWatermark))));
        return undefined;
      }
      case 'elementEvent': {
        const pcollection = this.outputOf(event.elementEvent.tag);
        const batch = new RootBatchBuilder(pcollection, this.protos, this.coders);
        for (const { encodedElement, timestamp } of event.elementEvent.elements)
          batch.addEncoded(encodedElement, toMillis(Long.fromString(String(timestamp))));
        return { pcollection, batch: batch.finish() };
      }
      default:
        throw new Error('a TestStream has an event of no known kind');
    }
  }

  private outputOf(tag: string): string {
    const pcollection = this.outputs.get(tag);
    if (pcollection === undefined) throw new Error(`a TestStream has no output ${tag}`);
    return pcollection;
  }
}
