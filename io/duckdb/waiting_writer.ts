/**
 * A note beside a DuckDB file by which a writer that finds it locked says that it waits. DuckDB lets nobody write while somebody reads, and a lock that readers share tells them nothing of who waits for it: readers
 * that come and come would keep a writer out for as long as they like. Who reads for long looks for the note and steps aside.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Milliseconds after which a note is nobody's any more: who waits renews it at each try, at most a quarter of a second apart. */
const FRESH_MS = 2000;

/** The note's file. */
export function noteOf(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.waiting`);
}

/** Says that a writer waits for the file; again at each try. Where no note can be written, the writer waits without. */
export function announceWriter(file: string): void {
  try {
    fs.writeFileSync(noteOf(file), `${process.pid}\n`);
  } catch {
    // A folder that can't be written to, or is full: waiting takes longer, and ends all the same.
  }
}

/** The writer is done, or has given up. */
export function withdrawWriter(file: string): void {
  fs.rmSync(noteOf(file), { force: true });
}

/** Whether a writer waits for the file, or has waited and writes. */
export function writerWaits(file: string): boolean {
  const note = fs.statSync(noteOf(file), { throwIfNoEntry: false });
  return note !== undefined && Date.now() - note.mtimeMs < FRESH_MS;
}
