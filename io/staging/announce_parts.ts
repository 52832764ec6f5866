import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Staged } from './stage_rows';

const SUFFIX = '.part.json';

/** The last step of a stream's graph: each staged part is written down in `directory`, for the flush that comes before the next commit. */
export class AnnounceParts {
  constructor(readonly directory: string) {}

  process(part: Staged): Iterable<never> {
    const file = path.join(this.directory, `${randomUUID()}${SUFFIX}`);
    fs.writeFileSync(file, JSON.stringify(part), { flag: 'wx', mode: 0o600 });
    return [];
  }
}

/** Parts that wait for a flush, with the files to remove when they have had it. */
export interface AnnouncedParts {
  readonly staged: readonly Staged[];
  remove(): void;
}

/** Reads what {@link AnnounceParts} wrote. Called when no bundle is at work. */
export function announcedParts(directory: string): AnnouncedParts {
  const files = fs
    .readdirSync(directory)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => path.join(directory, name));
  const staged = files.map((file): Staged => JSON.parse(fs.readFileSync(file, 'utf8')));
  return {
    staged,
    remove: () => {
      for (const file of [...files, ...staged.map((part) => part.file)]) fs.rmSync(file, { force: true });
    },
  };
}
