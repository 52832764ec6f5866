/** Sorts lines of any amount: as many as fit into memory at a time, each lot a run on disk, in which a {@link RunCursor} reads. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { InputError, systemReason } from '../../io/input_error';
import { FRAME_HEAD, type PlacedLine } from './line_cursor';

/** Bytes of lines that are sorted at a time. */
export const SORT_BYTES = 64 << 20;

export interface SortOptions {
  /** Bytes of lines that are sorted at a time, {@link SORT_BYTES} if left out. */
  readonly sortBytes?: number;
  /** Where the runs are put, in a folder of their own; the system's place for such if left out. */
  readonly place?: string;
}

export class SortedRuns {
  private readonly folder: string;
  private readonly sortBytes: number;
  private readonly runs: string[] = [];
  private buffer = Buffer.alloc(1 << 20);
  private used = 0;
  private places: number[] = [];
  private starts: number[] = [];

  /** @throws {InputError} where nothing can be put there. */
  constructor({ sortBytes = SORT_BYTES, place = os.tmpdir() }: SortOptions = {}) {
    this.sortBytes = sortBytes;
    try {
      this.folder = fs.mkdtempSync(path.join(place, 'funnelpulse-sort-'));
    } catch (error) {
      throw noRoom(place, error);
    }
  }

  /** Adds a line, whose bytes are copied. */
  add({ place, file, bytes }: PlacedLine): void {
    const length = FRAME_HEAD + bytes.length;
    if (this.used + length > this.sortBytes && this.used > 0) this.endRun();
    if (this.used + length > this.buffer.length) {
      const larger = Buffer.alloc(Math.max(2 * this.buffer.length, this.used + length));
      this.buffer.copy(larger, 0, 0, this.used);
      this.buffer = larger;
    }
    const { buffer, used } = this;
    buffer.writeDoubleLE(place, used);
    buffer.writeUInt32LE(file, used + 8);
    buffer.writeUInt32LE(bytes.length, used + 12);
    buffer.set(bytes, used + FRAME_HEAD);
    this.places.push(place);
    this.starts.push(used);
    this.used += length;
  }

  /** The runs on disk, in the order in which their lines were added. Nothing can be added any more. */
  finish(): readonly string[] {
    if (this.used > 0) this.endRun();
    this.buffer = Buffer.alloc(0);
    return this.runs;
  }

  /** Removes the runs. */
  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private endRun(): void {
    const { buffer, places, starts } = this;
    const order = Uint32Array.from(places.keys());
    order.sort((a, b) => places[a] - places[b] || a - b);
    const file = path.join(this.folder, `run-${this.runs.length}`);
    const ends = [...starts.slice(1), this.used];
    try {
      const descriptor = fs.openSync(file, 'w');
      try {
        const out = Buffer.alloc(this.used);
        let at = 0;
        for (const line of order) at += buffer.copy(out, at, starts[line], ends[line]);
        fs.writeFileSync(descriptor, out);
      } finally {
        fs.closeSync(descriptor);
      }
    } catch (error) {
      throw noRoom(this.folder, error);
    }
    this.runs.push(file);
    this.used = 0;
    this.places = [];
    this.starts = [];
  }
}

function noRoom(place: string, error: unknown): InputError {
  return new InputError(
    `cannot sort the input in ${place}: ${systemReason(error)}. Make room there, or name another place by TMPDIR`,
  );
}
