/** The worker's end of the edges that enter a stage: entries of a batch become elements. */
import type { Coder } from 'apache-beam/coders/coders';
import { IterableCoder, PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import type { PaneInfo, Window } from 'apache-beam/values';
import { GlobalWindow } from 'apache-beam/values';
import Long from 'long';
import { decode, decodeLatin1 } from '../harness/bytes';
import { type Element, MIN_TIMESTAMP, NO_FIRING } from '../harness/elements';
import { eachInTurn, type MaybePromise } from '../harness/maybe_promise';
import { type EdgeBatch, entriesOf, FIELD, FIELDS } from './edge_batch';

/** Thrown between two elements where the run has ended otherwise; does nothing while it goes on. */
export type StopCheck = () => void;

/** The elements that one bundle of a stage begins with. */
export interface BundleSource {
  /** Calls `receive` for each element, each once the call before has ended; ends when all have been received. */
  read(receive: (element: Element) => MaybePromise<void>): MaybePromise<void>;
}

/** The one element every bounded source begins with: no bytes, before all time. */
export class ImpulseSource implements BundleSource {
  read(receive: (element: Element) => MaybePromise<void>): MaybePromise<void> {
    return receive({
      value: new Uint8Array(),
      windows: [new GlobalWindow()],
      timestamp: MIN_TIMESTAMP,
      pane: NO_FIRING,
    });
  }
}

/** Elements of another stage. */
export class ElementSource implements BundleSource {
  private readonly windowsCoder: Coder<Iterable<unknown>>;
  private readonly windows = new Map<number, Window[]>();
  private readonly panes = new Map<number, PaneInfo>();

  constructor(
    private readonly batch: EdgeBatch,
    private readonly coder: Coder<unknown>,
    windowCoder: Coder<unknown>,
    private readonly stopCheck: StopCheck,
  ) {
    this.windowsCoder = new IterableCoder(windowCoder);
  }

  read(receive: (element: Element) => MaybePromise<void>): MaybePromise<void> {
    return eachInTurn(this.elements(), receive);
  }

  private *elements(): Generator<Element> {
    const { index, windows, panes } = this.batch;
    for (let entry = 0; entry < entriesOf(this.batch); entry++) {
      this.stopCheck();
      const at = entry * FIELDS;
      yield {
        value: decode(this.coder, valueBytes(this.batch, entry)),
        windows: remembered(this.windows, index[at + FIELD.window], (position) => [
          ...(decodeLatin1(this.windowsCoder, windows[position]) as Iterable<Window>),
        ]),
        pane: remembered(this.panes, index[at + FIELD.pane], (position) =>
          decodeLatin1(PaneInfoCoder.INSTANCE as Coder<PaneInfo>, panes[position]),
        ),
        timestamp: new Long(index[at + FIELD.timestampLow], index[at + FIELD.timestampHigh]),
      };
      releaseBuffers(this.batch, entry, entry + 1);
    }
  }
}

/** Keys with their values, which are decoded as often as they are iterated, and not before. */
export class GroupSource implements BundleSource {
  constructor(
    private readonly batch: EdgeBatch,
    private readonly keyCoder: Coder<unknown>,
    private readonly valueCoder: Coder<unknown>,
    private readonly windowCoder: Coder<unknown>,
    private readonly stopCheck: StopCheck,
  ) {}

  read(receive: (element: Element) => MaybePromise<void>): MaybePromise<void> {
    return eachInTurn(this.groups(), receive);
  }

  private *groups(): Generator<Element> {
    const { batch } = this;
    const panes = new Map<string, PaneInfo>();
    let from = 0;
    for (const group of batch.groups ?? []) {
      this.stopCheck();
      const to = from + group.values;
      yield {
        value: {
          key: decodeLatin1(this.keyCoder, group.key),
          value: new EncodedValues(batch, this.valueCoder, from, to),
        },
        windows: [decodeLatin1(this.windowCoder, group.window) as Window],
        pane: remembered(panes, group.pane, (text) =>
          decodeLatin1(PaneInfoCoder.INSTANCE as Coder<PaneInfo>, text),
        ),
        timestamp: new Long(group.timestampLow, group.timestampHigh),
      };
      releaseBuffers(batch, from, to);
      from = to;
    }
  }
}

/** The values of a run of entries. */
export class EncodedValues implements Iterable<unknown> {
  constructor(
    private readonly batch: EdgeBatch,
    private readonly coder: Coder<unknown>,
    private readonly from: number,
    private readonly to: number,
  ) {}

  *[Symbol.iterator](): Generator<unknown> {
    for (let entry = this.from; entry < this.to; entry++) {
      yield decode(this.coder, valueBytes(this.batch, entry));
    }
  }
}

export function valueBytes({ index, chunks }: EdgeBatch, entry: number): Uint8Array {
  const at = entry * FIELDS;
  const offset = index[at + FIELD.offset];
  return chunks[index[at + FIELD.chunk]].subarray(offset, offset + index[at + FIELD.length]);
}

const RELEASED = new Uint8Array();

/** Lets go of the large values that have been worked on while the bundle's others still wait. */
function releaseBuffers({ index, chunks }: EdgeBatch, from: number, to: number): void {
  for (let at = from * FIELDS; at < to * FIELDS; at += FIELDS) {
    const chunk = index[at + FIELD.chunk];
    if (index[at + FIELD.length] === chunks[chunk].length) chunks[chunk] = RELEASED;
  }
}

function remembered<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = make(key);
    known.set(key, value);
  }
  return value;
}
