import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, systemReason } from '../input_error';

/** Bytes gathered before they are written. */
const BUFFER_BYTES = 256 << 10;
/** UTF-8 takes at most three bytes for each of a string's units. */
const BYTES_PER_UNIT = 3;

/**
 * A new file that is written line by line. Lines are encoded at once into one buffer: held back as strings, their pieces would survive the young generation's collection again and again.
 */
export class LineFile {
  /** Bytes of the longest line so far. */
  longestLine = 0;
  private readonly descriptor: number;
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private used = 0;

  /** Creates the file; it must not exist. Throws an {@link InputError} if it can't be written, like every method here. */
  constructor(readonly path: string) {
    this.descriptor = this.attempt(() => fs.openSync(path, 'wx', 0o600));
  }

  append(line: string): void {
    if (this.used + line.length * BYTES_PER_UNIT > BUFFER_BYTES) this.flush();
    let bytes: number;
    if (line.length * BYTES_PER_UNIT > BUFFER_BYTES) {
      const encoded = Buffer.from(line, 'utf8');
      bytes = encoded.length;
      this.write(encoded);
    } else {
      bytes = this.buffer.write(line, this.used, 'utf8');
      this.used += bytes;
    }
    if (bytes > this.longestLine) this.longestLine = bytes;
  }

  close(): void {
    this.flush();
    fs.closeSync(this.descriptor);
  }

  private flush(): void {
    if (this.used > 0) this.write(this.buffer.subarray(0, this.used));
    this.used = 0;
  }

  private write(bytes: Uint8Array): void {
    // Unlike writeSync, this goes on where a disk took only a part.
    this.attempt(() => fs.writeFileSync(this.descriptor, bytes));
  }

  private attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw new InputError(`cannot write to ${path.dirname(this.path)}: ${systemReason(error)}`);
    }
  }
}
