/** The least of many instants that come and go: what holds the output watermark of a grouping, over all its keys and windows. */
export class Holds {
  private readonly counts = new Map<number, number>();
  /** A heap of the instants, some of which nobody holds any more. */
  private readonly heap: number[] = [];

  add(instant: number): void {
    const count = this.counts.get(instant);
    this.counts.set(instant, (count ?? 0) + 1);
    if (count === undefined) this.push(instant);
  }

  remove(instant: number): void {
    const count = this.counts.get(instant)!;
    if (count > 1) this.counts.set(instant, count - 1);
    else this.counts.delete(instant);
  }

  /** Infinity where nothing is held. */
  get least(): number {
    while (this.heap.length > 0 && !this.counts.has(this.heap[0])) this.pop();
    return this.heap.length > 0 ? this.heap[0] : Number.POSITIVE_INFINITY;
  }

  private push(instant: number): void {
    const { heap } = this;
    let at = heap.push(instant) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent] <= heap[at]) break;
      [heap[parent], heap[at]] = [heap[at], heap[parent]];
      at = parent;
    }
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = at * 2 + 1;
      if (left >= heap.length) break;
      const lesser = left + 1 < heap.length && heap[left + 1] < heap[left] ? left + 1 : left;
      if (heap[at] <= heap[lesser]) break;
      [heap[lesser], heap[at]] = [heap[at], heap[lesser]];
      at = lesser;
    }
  }
}
