/** Messages that have come and have not been given out, in the order in which they came. */

/** What came in one response. */
export interface MessageChunk {
  /** Serialised messages. */
  readonly messages: readonly Uint8Array[];
  /** Their event times; NaN where unknown. */
  readonly times: Float64Array;
  /** Bytes of the response: it is in memory as long as one of its messages is. */
  readonly bytes: number;
  /** The smallest event time that the watermark has to wait for, Infinity for none. */
  readonly minTime: number;
}

export class MessageBuffer {
  /** Messages in the buffer. */
  count = 0;
  /** Bytes that they hold. */
  bytes = 0;
  private chunks: MessageChunk[] = [];
  /** How many of the first chunk are given out. */
  private taken = 0;

  add(chunk: MessageChunk): void {
    if (chunk.messages.length === 0) return;
    this.chunks.push(chunk);
    this.count += chunk.messages.length;
    this.bytes += chunk.bytes;
  }

  /** Gives out the oldest, `most` at most. */
  take(most: number, give: (message: Uint8Array, time: number) => void): void {
    let left = Math.min(most, this.count);
    this.count -= left;
    let chunks = 0;
    while (left > 0) {
      const { messages, times, bytes } = this.chunks[chunks];
      const to = Math.min(messages.length, this.taken + left);
      left -= to - this.taken;
      for (let at = this.taken; at < to; at++) give(messages[at], times[at]);
      this.taken = to;
      if (to < messages.length) break;
      this.taken = 0;
      this.bytes -= bytes;
      chunks++;
    }
    this.chunks.splice(0, chunks);
  }

  /** The smallest event time in the buffer that the watermark has to wait for, Infinity for none. */
  get minTime(): number {
    return this.chunks.reduce((min, chunk) => Math.min(min, chunk.minTime), Number.POSITIVE_INFINITY);
  }
}
