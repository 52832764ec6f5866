import type { StateStore } from '../checkpoint';
import type { Checkpoints } from './checkpoints';
import type { GraphState } from './graph_state';
import type { GraphRoot } from './root';

/** Space of the store for the root's mark. */
const MARKS = 'marks';
const KEY = Buffer.from('-');

/** Makes a graph durable, one checkpoint after the other, each while the graph goes on. */
export class Checkpointer {
  private underWay: Promise<void> | null = null;
  private ended = Date.now();

  /** `fail` is told why a checkpoint could not be made; nothing is durable that belongs to it then. */
  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly root: GraphRoot,
    private readonly state: GraphState,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** Whether it is time for one. */
  get isDue(): boolean {
    return this.underWay === null && Date.now() - this.ended >= this.checkpoints.everyMs;
  }

  /** Goes on from the last commit, with the mark that the root had made. Null where there is none. */
  restore(): { readonly mark: Uint8Array | null } | null {
    const { store } = this.checkpoints;
    if (store.commits === 0) return null;
    this.state.restore(store);
    return { mark: markOf(store) };
  }

  /** Begins a checkpoint of what has been done by now. Called at rest: no bundle waits or is at work, and sinks have flushed with theirs. */
  begin(isLast: boolean): void {
    this.underWay = this.make(isLast)
      .catch(this.fail)
      .finally(() => {
        this.underWay = null;
        this.ended = Date.now();
      });
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await this.underWay;
  }

  /** What belongs to the checkpoint is taken before the first wait, for the graph goes on then. */
  private async make(isLast: boolean): Promise<void> {
    const { root, state } = this;
    const { store, flush, reached } = this.checkpoints;
    reached?.('before the flush');
    const flushed = flush?.({ watermark: state.watermark, isOver: root.isOver, isLast });
    const mark = root.mark();
    const changes = state.changes();
    if (mark !== null) changes.push({ space: MARKS, key: KEY, value: mark });
    await flushed;
    reached?.('before the commit');
    await store.commit(changes);
    reached?.('after the commit');
    if (mark !== null) await root.finalise(mark);
    reached?.('after finalising');
  }
}

function markOf(store: StateStore): Uint8Array | null {
  for (const [, mark] of store.entries(MARKS)) return mark.slice();
  return null;
}
