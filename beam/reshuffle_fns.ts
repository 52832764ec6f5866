/** What a reshuffle runs where the runner does not know it by its URN. Workers load this: no graph library in here. */
import Long from 'long';

interface Lookup<T> {
  lookup(): T;
}

/** Enough keys to spread elements over any machine this project meets, few enough to cost nothing. */
const KEYS = 256;

/** Element → (a round-robin key, (its timestamp as text, element)): grouping would else replace the timestamp. */
export class KeyRoundRobin {
  private next = 0;

  *process<T>(
    value: T,
    context: { timestamp: Lookup<Long> },
  ): Generator<{ key: string; value: { key: string; value: T } }> {
    this.next = (this.next + 1) % KEYS;
    yield { key: String(this.next), value: { key: context.timestamp.lookup().toString(), value } };
  }
}

/** (key, elements) → the elements, each still with its timestamp beside it. */
export class DropKey {
  *process<T>(group: { value: Iterable<T> }): Generator<T> {
    yield* group.value;
  }
}

/** The timestamp that stands beside the element. */
export function reifiedTimestamp(element: { key: string }): Long {
  return Long.fromString(element.key);
}

/** (timestamp, element) → element. */
export class DropTimestamp {
  *process<T>(element: { value: T }): Generator<T> {
    yield element.value;
  }
}
