/**
 * Contents of a combine by key: of each window the accumulator, as an object. A pane costs what its output costs, however many values the window has had.
 *
 * A checkpoint writes the values that have come since the last one, as bytes, and the whole accumulator only when they have become more than it was: so what is written stays within a small multiple of
 * what comes, and what is read at a restart within a small multiple of what there is.
 */
import { type Coder, Context } from 'apache-beam/coders/coders';
import { IterableCoder, PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import { CombinePayload } from 'apache-beam/proto/beam_runner_api';
import type { PaneInfo } from 'apache-beam/values';
import { decode, decodeLatin1, ValueEncoder } from '../../harness/bytes';
import type { Coders } from '../../harness/coders';
import { type CombineFn, combineFnOf } from '../../harness/operators/combine';
import { preview } from '../../harness/preview';
import { StepError } from '../../step_error';
import type { EdgeBatchBuilder } from '../edge_batch_builder';
import type { Edge, SharedProtos, Stage } from '../stages';
import type { StoredValue } from '../stored_values';
import { toInstant } from './instants';
import type { Pane } from './pane_grouping';
import type { SavedContents, StageContents } from './window_contents';

/** Values of fewer bytes than this are kept as they are, however small the accumulator. */
const LEAST_COMPACTED_BYTES = 64 * 1024;

export class Accumulation implements SavedContents {
  saved = 0;
  beginsWithAccumulator = false;
  /** The accumulator as the store has it, or will. */
  private base: Uint8Array | undefined;
  private baseBytes = 0;
  /** Values since that are not in the store. */
  private pending: StoredValue[] = [];
  /** Values since, and their bytes. */
  private values = 0;
  private sinceBytes = 0;

  constructor(
    public accumulator: unknown,
    private readonly encode: (accumulator: unknown) => Uint8Array,
    /** Whether there is more in it than values that were noted. */
    private isMerged = false,
  ) {}

  /** Notes that a value has been added. */
  note(value: StoredValue): void {
    this.pending.push(value);
    this.values++;
    this.sinceBytes += value.length;
  }

  /** Of the accumulator as it was last written, and of what has come since: repeated values count until then. */
  get bytes(): number {
    return this.baseBytes + this.sinceBytes;
  }

  get records(): number {
    return (this.beginsWithAccumulator ? 1 : 0) + this.values;
  }

  record(at: number): Uint8Array {
    if (this.base !== undefined && at === 0) return this.base;
    const { chunk, offset, length } = this.pending[at - (this.records - this.pending.length)];
    return chunk.bytes.slice(offset, offset + length);
  }

  beginSaving(): void {
    if (!this.isMerged && this.sinceBytes <= Math.max(LEAST_COMPACTED_BYTES, this.baseBytes)) return;
    this.base = this.encode(this.accumulator);
    this.restart(this.base.length);
    this.saved = 0;
  }

  endSaving(): void {
    this.saved = this.records;
    this.base = undefined;
    this.pending = [];
  }

  /** Says what the store has: an accumulator of that many bytes, or none, and values. */
  stored(baseBytes: number | null, values: readonly Uint8Array[]): void {
    if (baseBytes !== null) this.restart(baseBytes);
    this.values = values.length;
    this.sinceBytes = values.reduce((sum, { length }) => sum + length, 0);
    this.endSaving();
  }

  private restart(baseBytes: number): void {
    this.baseBytes = baseBytes;
    this.beginsWithAccumulator = true;
    this.isMerged = false;
    this.pending = [];
    this.values = 0;
    this.sinceBytes = 0;
  }
}

export interface CombineCoders {
  readonly key: Coder<unknown>;
  readonly value: Coder<unknown>;
  readonly accumulator: Coder<unknown>;
  /** Of what goes on: keys with outputs. */
  readonly output: Coder<unknown>;
  readonly window: Coder<unknown>;
}

export class Accumulators implements StageContents<Accumulation> {
  private readonly encoder = new ValueEncoder();
  private readonly windowsCoder: Coder<Iterable<unknown>>;

  /** `isSaved`: whether there are checkpoints, for which values are kept until then. */
  constructor(
    private readonly step: string,
    private readonly fn: CombineFn,
    private readonly coders: CombineCoders,
    private readonly isSaved: boolean,
  ) {
    this.windowsCoder = new IterableCoder(coders.window);
  }

  create(): Accumulation {
    return new Accumulation(
      this.within(
        () => 'a new accumulator',
        () => this.fn.createAccumulator(),
      ),
      this.encodeAccumulator,
    );
  }

  add(contents: Accumulation, value: StoredValue): Accumulation {
    const { chunk, offset, length } = value;
    this.addBytes(contents, chunk.bytes.subarray(offset, offset + length));
    if (this.isSaved) contents.note(value);
    return contents;
  }

  merge(all: readonly Accumulation[]): Accumulation {
    const [first, ...others] = all.map((contents) => contents.accumulator);
    const accumulator =
      others.length === 0
        ? first
        : this.within(
            () => `${all.length} accumulators of windows that have become one`,
            () => this.fn.mergeAccumulators([first, ...others]),
          );
    return new Accumulation(accumulator, this.encodeAccumulator, true);
  }

  release({ accumulator }: Accumulation): void {
    this.fn.release?.(accumulator);
  }

  restore(records: readonly Uint8Array[], beginsWithAccumulator: boolean): Accumulation {
    const [base, values] = beginsWithAccumulator ? [records[0], records.slice(1)] : [undefined, records];
    const accumulator =
      base === undefined ? this.fn.createAccumulator() : decode(this.coders.accumulator, base);
    const contents = new Accumulation(accumulator, this.encodeAccumulator);
    for (const value of values) this.addBytes(contents, value);
    contents.stored(base?.length ?? null, values);
    return contents;
  }

  pack({ key, window, timestamp, info, contents }: Pane<Accumulation>, batch: EdgeBatchBuilder): void {
    const decodedKey = decodeLatin1(this.coders.key, key);
    const placed = this.within(
      () => `the pane of the key ${preview(decodedKey)}`,
      () => {
        const value = this.fn.extractOutput(contents.accumulator);
        return batch.encode(this.coders.output, { key: decodedKey, value });
      },
    );
    const windows = this.encoder.latin1(this.windowsCoder, [decodeLatin1(this.coders.window, window)]);
    const pane = this.encoder.latin1(PaneInfoCoder.INSTANCE as Coder<PaneInfo>, info);
    const { low, high } = toInstant(timestamp);
    batch.add(placed, 0, batch.windows.position(windows), batch.panes.position(pane), low, high);
  }

  hasPanes(batch: EdgeBatchBuilder): boolean {
    return batch.entries > 0;
  }

  private addBytes(contents: Accumulation, bytes: Uint8Array): void {
    let value: unknown;
    contents.accumulator = this.within(
      () => preview(value ?? bytes),
      () => {
        value = decode(this.coders.value, bytes);
        return this.fn.addInput(contents.accumulator, value);
      },
    );
  }

  private readonly encodeAccumulator = (accumulator: unknown): Uint8Array =>
    this.within(
      () => 'an accumulator',
      () => this.encoder.bytes(this.coders.accumulator, accumulator, Context.wholeStream),
    );

  /** What user code throws names the step. */
  private within<T>(origin: () => string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new StepError(this.step, origin(), cause);
    }
  }
}

/** The contents of a combine's grouping, which a stage begins with. */
export function accumulators(
  { source, input }: Stage,
  protos: SharedProtos,
  coders: Coders,
  isSaved: boolean,
): Accumulators {
  const { transform, pcollection } = source as Edge;
  const { coderId, windowingStrategyId } = protos.pcollections[pcollection];
  const [key, value] = coders.keyAndValue(coderId)!.map((id) => coders.get(id));
  const { accumulatorCoderId } = CombinePayload.fromBinary(transform!.spec!.payload);
  const of = {
    ...{ key, value, accumulator: coders.get(accumulatorCoderId) },
    output: coders.get(protos.pcollections[input].coderId),
    window: coders.get(protos.windowingStrategies[windowingStrategyId].windowCoderId),
  };
  return new Accumulators(transform!.uniqueName, combineFnOf(transform!), of, isSaved);
}
