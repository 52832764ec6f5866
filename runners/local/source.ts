/** Where the elements of an unbounded root come from. The runner pulls when the graph has come to rest, so a source never runs ahead of it. */
export interface UnboundedSource {
  /** Begins, behind what `mark` stands for where there is one: all behind it is given out again. */
  open(mark: Uint8Array | null): Promise<void>;
  /** Gives out what has come, `most` elements at most, which may be 0; waits up to `waitMs` for the first. */
  pull(most: number, waitMs: number): Promise<PulledElements>;
  /** Stands for all that has been pulled. */
  mark(): Uint8Array;
  /** What has been pulled up to `mark` is durable: it need not be given out again. */
  finalise(mark: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface PulledElements {
  readonly elements: readonly SourceElement[];
  /** No element to come is earlier than this, or it is late; milliseconds since 1970, never less than before. */
  readonly watermark: number;
  /** Nothing will come any more. */
  readonly isOver: boolean;
}

export interface SourceElement {
  readonly value: unknown;
  /** Event time, milliseconds since 1970. */
  readonly timestamp: number;
}
