/** The functions of the stages that the tests of the Fn API describe. */
import { setTimeout as sleep } from 'node:timers/promises';
import { requireForSerialization } from 'apache-beam/serialization';

interface Lookup<T> {
  lookup(): T;
}

/** Elements as they are. */
export class Same {
  *process(value: unknown) {
    yield value;
  }
}

/** Elements as they are, each after a while. */
export class SameLater {
  constructor(readonly ms: number) {}
  async process(value: unknown) {
    if (this.ms > 0) await sleep(this.ms);
    else await new Promise((resolve) => setImmediate(resolve));
    return [value];
  }
}

/** Each element this often, with a text of this length behind it. */
export class Repeat {
  constructor(
    readonly times: number,
    readonly length: number,
  ) {}
  *process(value: string) {
    for (let i = 0; i < this.times; i++) yield `${value} ${i} ${'x'.repeat(this.length)}`;
  }
}

/** Elements with all that a side input holds. */
export class WithSide {
  *process(value: string, context: { side: Lookup<string[]> }) {
    yield `${value}: ${context.side.lookup().join(' ')}`;
  }
}

/** Throws at one element. */
export class ThrowsAt {
  constructor(readonly value: string) {}
  async *process(value: string) {
    await sleep(0);
    if (value === this.value) throw new RangeError(`no more of ${value}`);
    yield value;
  }
}

export class Counts {
  process(
    value: string,
    context: { seen: { increment(by?: number): void }; length: { update(by: number): void } },
  ) {
    context.seen.increment(2);
    context.length.update(value.length);
    return [value];
  }
}

/** Waits at each element until `openGate` is called. */
export class Waits {
  async process(value: unknown) {
    await gate;
    return [value];
  }
}

let gate: Promise<void> = Promise.resolve();
/** Closes the gate of {@link Waits}; what is returned opens it. */
export function closeGate(): () => void {
  let open: () => void = () => undefined;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

/** Says how many instances there are, and of how many bundles this is one. */
export class CountsBundles {
  bundles = 0;
  startBundle() {
    this.bundles++;
  }
  *process(value: string) {
    yield `${value} ${this.bundles}`;
  }
}

requireForSerialization('funnelpulse/test/fn_api', {
  Counts,
  CountsBundles,
  Repeat,
  Same,
  SameLater,
  ThrowsAt,
  Waits,
  WithSide,
});
