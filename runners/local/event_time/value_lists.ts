/** Contents of a grouping by key: all values of a window, as the bytes that they came in. */
import type { Coder } from 'apache-beam/coders/coders';
import { PaneInfoCoder } from 'apache-beam/coders/standard_coders';
import type { PaneInfo } from 'apache-beam/values';
import { ValueEncoder } from '../../harness/bytes';
import type { EdgeBatchBuilder } from '../edge_batch_builder';
import { copyOut, handOut, type StoredValue } from '../stored_values';
import { toInstant } from './instants';
import type { Pane } from './pane_grouping';
import type { SavedContents, StageContents } from './window_contents';

export class ValueList implements SavedContents {
  saved = 0;
  readonly beginsWithAccumulator = false;

  bytes: number;

  constructor(readonly values: StoredValue[] = []) {
    this.bytes = values.reduce((sum, { length }) => sum + length, 0);
  }

  get records(): number {
    return this.values.length;
  }

  record(at: number): Uint8Array {
    const { chunk, offset, length } = this.values[at];
    return chunk.bytes.slice(offset, offset + length);
  }

  beginSaving(): void {}

  endSaving(): void {
    this.saved = this.values.length;
  }
}

export class ValueLists implements StageContents<ValueList> {
  private readonly encoder = new ValueEncoder();

  /** `keepsValues`: whether the next pane has the values of the last one, too. */
  constructor(private readonly keepsValues: boolean) {}

  create(): ValueList {
    return new ValueList();
  }

  add(list: ValueList, value: StoredValue): ValueList {
    list.values.push(value);
    list.bytes += value.length;
    return list;
  }

  merge(lists: readonly ValueList[]): ValueList {
    return new ValueList(lists.flatMap(({ values }) => values));
  }

  release(): void {}

  restore(records: readonly Uint8Array[]): ValueList {
    const list = new ValueList(
      records.map((bytes) => ({ chunk: { bytes, values: 1 }, offset: 0, length: bytes.length })),
    );
    list.endSaving();
    return list;
  }

  pack(
    { key, window, timestamp, info, contents: { values } }: Pane<ValueList>,
    batch: EdgeBatchBuilder,
  ): void {
    const hand = this.keepsValues ? copyOut : handOut;
    for (const value of values) batch.add(hand(value, batch), 0, 0, 0, 0, 0);
    const { low, high } = toInstant(timestamp);
    batch.endGroup({
      key,
      window,
      pane: this.encoder.latin1(PaneInfoCoder.INSTANCE as Coder<PaneInfo>, info),
      timestampLow: low,
      timestampHigh: high,
      values: values.length,
    });
  }

  hasPanes(batch: EdgeBatchBuilder): boolean {
    return batch.hasGroups;
  }
}
