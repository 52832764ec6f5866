/** Bytes that are on their way, for a reader to whom they are given as they come. */
export class ArrivingBytes {
  private readonly pieces: Uint8Array[] = [];
  /** Positions of the first byte that is held, and of the next one to come. */
  private first: number;
  private next: number;
  private failure: { readonly error: unknown } | undefined;
  /** Wakes the reader that waits. */
  private wake: (() => void) | undefined;

  /** All of `source` is taken, whether it is read or not: `start` to before `end` bounds what is held. */
  constructor(
    source: AsyncIterable<Uint8Array>,
    start: number,
    readonly end: number,
  ) {
    this.first = start;
    this.next = start;
    void this.take(source);
  }

  /**
   * Copies bytes from the position `at` on into the array, as many as have come; waits for at least one. What stands before `at` is given up.
   *
   * @throws the source's error, behind all that came before it
   */
  async read(into: Uint8Array, at: number): Promise<number> {
    while (this.next <= at) {
      if (this.failure !== undefined) throw this.failure.error;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.giveUpBefore(at);
    let length = 0;
    let from = at - this.first;
    for (const piece of this.pieces) {
      const part = piece.subarray(from, from + into.length - length);
      into.set(part, length);
      length += part.length;
      if (length === into.length) break;
      from = 0;
    }
    return length;
  }

  private giveUpBefore(at: number): void {
    let count = 0;
    while (this.first + this.pieces[count].length <= at) this.first += this.pieces[count++].length;
    this.pieces.splice(0, count);
  }

  private async take(source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of source) {
        this.pieces.push(piece);
        this.next += piece.length;
        this.wake?.();
      }
    } catch (error) {
      this.failure = { error };
    }
    this.failure ??= { error: new Error(`bytes up to ${this.end} were expected, and ${this.next} came`) };
    this.wake?.();
  }
}
