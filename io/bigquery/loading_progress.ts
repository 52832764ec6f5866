/** How far loading is: the step that loads may run on another thread, so it leaves a word in the run's directory, and the launcher looks there. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Staged } from '../staging/stage_rows';
import type { LoadProgress } from './load_job';

/** Rows that are loaded, of all. */
export interface Loading {
  readonly loaded: number;
  readonly rows: number;
}

const NAME = 'loading.json';

/** Keeps the word up to date. */
export function showLoading(staging: string, staged: readonly Staged[]): LoadProgress {
  const rows = staged.reduce((sum, part) => sum + part.rows, 0);
  let loaded = 0;
  const write = (): void => {
    const file = path.join(staging, NAME);
    fs.writeFileSync(`${file}.new`, JSON.stringify({ loaded, rows } satisfies Loading));
    fs.renameSync(`${file}.new`, file);
  };
  write();
  return (more) => {
    loaded += more;
    write();
  };
}

/** What the word says now; null before loading has begun. */
export function readLoading(staging: string): Loading | null {
  try {
    return JSON.parse(fs.readFileSync(path.join(staging, NAME), 'utf8')) as Loading;
  } catch {
    return null; // not there yet
  }
}
