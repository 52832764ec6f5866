import type { IncomingMessage } from 'node:http';
import { StorageAnswer } from './storage_fault';

/** Bytes that wait to be read, at which an answer is told to pause. */
const WAITING_BYTES = 1 << 20;

/**
 * The pieces of an answer's body, as they come. Not by the stream's own iterator: that one joins the pieces that wait, and so copies them.
 *
 * @param stallMs milliseconds without a byte after which the connection is dropped. Time that the reader takes doesn't count
 * @throws StorageAnswer where that happens, or the error of a connection that broke, behind the bytes that came before
 */
export function piecesOf(response: IncomingMessage, stallMs: number): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let ended: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const end = (how: { readonly error?: unknown }): void => {
    ended ??= how;
    wake?.();
  };
  response.on('data', (piece: Buffer) => {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes >= WAITING_BYTES) response.pause();
    wake?.();
  });
  // There may be nobody any more who hears of an error.
  response
    .on('error', (error) => end({ error }))
    .on('end', () => end({}))
    .on('close', () => end({}));

  return (async function* () {
    let starving = false;
    const timer = setTimeout(() => {
      if (starving) response.destroy(noByteIn(stallMs));
    }, stallMs);
    try {
      for (;;) {
        while (waiting.length === 0) {
          if (ended !== undefined && 'error' in ended) throw ended.error;
          if (ended !== undefined) return;
          starving = true;
          timer.refresh();
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        starving = false;
        const piece = waiting.shift()!;
        bytes -= piece.length;
        if (bytes < WAITING_BYTES && response.isPaused()) response.resume();
        yield piece;
      }
    } finally {
      clearTimeout(timer);
    }
  })();
}

export function noByteIn(stallMs: number): StorageAnswer {
  return new StorageAnswer('STALLED', `no byte in ${stallMs / 1000} s`);
}
