/** Tells when a DuckDB file may have changed, or somebody waits to write it, also while it isn't there yet. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { noteOf } from './waiting_writer';

/** Where the system tells nothing, as on network drives, the file is looked at this often. */
const LOOK_MS = 1000;

/** Changes with every write to the file, its log included. */
export function fileVersion(file: string): string {
  return [file, `${file}.wal`]
    .map((name) => {
      const stat = fs.statSync(name, { throwIfNoEntry: false, bigint: true });
      return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    })
    .join();
}

export interface FileEvents {
  readonly onChange: () => void;
  /** A writer waits, or doesn't any more. */
  readonly onWriter: () => void;
}

/** Watches until what it returns is called. Keeps no process alive. */
export function watchFile(file: string, { onChange, onWriter }: FileEvents): () => void {
  const folder = path.dirname(path.resolve(file));
  const note = path.basename(noteOf(file));
  const names = new Set([path.basename(file), `${path.basename(file)}.wal`]);
  let version = fileVersion(file);
  let watcher: fs.FSWatcher | undefined;
  const look = (): void => {
    const now = fileVersion(file);
    if (now === version) return;
    version = now;
    onChange();
  };
  const begin = (): void => {
    try {
      watcher = fs.watch(folder, { persistent: false }, (_, name) => {
        if (name === note) onWriter();
        else if (name === null || names.has(name)) look();
      });
      // A folder that is removed, say: looking goes on.
      watcher.on('error', () => {
        watcher?.close();
        watcher = undefined;
      });
    } catch {
      watcher = undefined;
    }
  };
  begin();
  const timer = setInterval(() => {
    if (watcher === undefined) begin();
    look();
  }, LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    watcher?.close();
  };
}
