import type { Keyed } from '../../beam/combine';
import { type WindowContext, windowStart } from '../context';
import type { Rollup } from '../count/rollup';
import type { SourcedRollup } from './merge_fn';

/** (slot and shard, rollup) → the rollup as a source of its hour. */
export class StampSlot {
  *process({ key, value }: Keyed<Rollup>): Generator<Keyed<SourcedRollup>> {
    yield { key: '', value: { ...value, source: key } };
  }
}

/** Merged hour → the hour as a source of its day. */
export class StampHour {
  *process(rollup: Rollup, context: WindowContext): Generator<Keyed<SourcedRollup>> {
    yield { key: '', value: { ...rollup, source: String(windowStart(context.window.lookup())) } };
  }
}

/** (key, value) → value. */
export class DropKey<V> {
  *process({ value }: Keyed<V>): Generator<V> {
    yield value;
  }
}
