/** What the names of event files say. */

export const EXTENSIONS = ['csv', 'json', 'ndjson', 'jsonl'] as const;

/** What is said where a folder has none. */
export const LOOKED_FOR = `looked for ${EXTENSIONS.map((extension) => `.${extension}`).join(', ')}, also with .gz`;

const EVENT_FILE = new RegExp(`\\.(?:${EXTENSIONS.join('|')})(?:\\.gz)?$`, 'i');

/** Whether a file in a folder is read: by its extension. */
export function isEventFile(name: string): boolean {
  return EVENT_FILE.test(name);
}

export function isGzipName(name: string): boolean {
  return /\.gz$/i.test(name);
}

/** Everything that isn't called JSON is CSV. */
export function formatOf(name: string): 'csv' | 'ndjson' {
  return /\.(json|ndjson|jsonl)(\.gz)?$/i.test(name) ? 'ndjson' : 'csv';
}
