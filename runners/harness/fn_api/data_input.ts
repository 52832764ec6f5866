/** The elements of one bundle, as they come over the data stream, until the last of every input; and where the bundle may be cut. */
import type { ProcessBundleSplitResponse_ChannelSplit as ChannelSplit } from 'apache-beam/proto/beam_fn_api';
import { StepError } from '../../step_error';
import type { BundleInput, Receiver } from '../descriptor';
import { isPromise } from '../maybe_promise';
import type { InboundPart, Inbox } from './inbound_data';
import { type DesiredSplit, splitPoint } from './split_point';
import { forgetUnfetched, hasUnfetched } from './state_backed_iterables';
import type { WindowedValueReader } from './windowed_values';

/** How long elements are processed before everything else of this thread has its turn: other bundles, progress, splits. */
const TURN_MS = 10;

/** One input of a stage. */
export interface InputPort {
  readonly transformId: string;
  /** The name of the source in errors. */
  readonly step: string;
  readonly reader: WindowedValueReader;
}

class Port {
  /** The element that is processed, or was last; -1 before the first. */
  index = -1;
  /** Elements from this one on are another bundle's. */
  end = Number.POSITIVE_INFINITY;
  isComplete = false;

  constructor(
    readonly input: InputPort,
    readonly receive: Receiver,
  ) {}
}

export class DataInput implements BundleInput {
  private readonly ports = new Map<string, Port>();
  private turnEnds = 0;

  /**
   * @param timerFamilies of the stage, each as `transform id/family id`: their ends have to come, too
   * @param fetchRest fetches what the runner has kept back of an element's iterables
   */
  constructor(
    private readonly inputs: readonly InputPort[],
    private readonly timerFamilies: readonly string[],
    private readonly inbox: Inbox,
    private readonly fetchRest: () => Promise<void>,
  ) {}

  async read(receiverOf: (transformId: string) => Receiver): Promise<void> {
    for (const input of this.inputs)
      this.ports.set(input.transformId, new Port(input, receiverOf(input.transformId)));
    const timersToCome = new Set(this.timerFamilies);
    let inputsToCome = this.ports.size;
    this.turnEnds = performance.now() + TURN_MS;
    while (inputsToCome > 0 || timersToCome.size > 0) {
      const part = await this.inbox.take();
      if (part.timerFamilyId !== '') {
        if (part.bytes.length > 0)
          throw new Error(`${part.transformId} was sent timers, which it has none of`);
        if (part.isLast) timersToCome.delete(`${part.transformId}/${part.timerFamilyId}`);
        continue;
      }
      const port = this.portOf(part);
      if (part.bytes.length > 0 && port.index + 1 < port.end) await this.process(port, part.bytes);
      if (!part.isLast) continue;
      port.isComplete = true;
      inputsToCome--;
    }
  }

  /** The index of the element at work, by source. */
  *readIndexes(): Generator<[transformId: string, index: number]> {
    for (const [transformId, { index }] of this.ports) yield [transformId, index];
  }

  /** Gives away what has not been begun, as far as is asked; nothing where that isn't possible. */
  split(desired: Readonly<Record<string, DesiredSplit>>): ChannelSplit[] {
    const splits: ChannelSplit[] = [];
    for (const [transformId, request] of Object.entries(desired)) {
      const port = this.ports.get(transformId);
      const end = port && splitPoint(port.index, port.end, request);
      if (port === undefined || end === undefined) continue;
      port.end = end;
      splits.push({ transformId, lastPrimaryElement: BigInt(end - 1), firstResidualElement: BigInt(end) });
    }
    return splits;
  }

  private portOf({ transformId, bytes, isLast }: InboundPart): Port {
    const port = this.ports.get(transformId);
    if (port === undefined)
      throw new Error(`Elements came for ${transformId}, which is no source of the stage`);
    if (port.isComplete && (bytes.length > 0 || isLast))
      throw new Error(`Elements came for ${transformId} after its last`);
    return port;
  }

  private async process(port: Port, bytes: Uint8Array): Promise<void> {
    const { step, reader } = port.input;
    reader.open(bytes);
    while (port.index + 1 < port.end && !reader.isAtEnd) {
      const element = decoded(reader, step, port.index + 1);
      if (hasUnfetched()) await this.fetchRest();
      port.index++;
      const done = port.receive(element);
      if (isPromise(done)) await done;
      if (performance.now() > this.turnEnds) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        this.turnEnds = performance.now() + TURN_MS;
      }
    }
  }
}

function decoded(reader: WindowedValueReader, step: string, index: number) {
  try {
    return reader.next();
  } catch (cause) {
    forgetUnfetched();
    throw new StepError(step, `element ${index} of the bundle, which can't be decoded`, cause);
  }
}
