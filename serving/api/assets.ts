/** The built dashboard's files, read once: there are few, and a name that isn't among them is no file. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Files below `folder` by their path in a URL, `/index.html` and so on; none where the folder is missing. Files of other types than a page's, source maps say, are left out. */
export function readAssets(folder: string | null): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  if (folder === null || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return assets;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length).replaceAll('\\', '/');
    assets.set(path.startsWith('/') ? path : `/${path}`, { type, bytes: readFileSync(file) });
  }
  return assets;
}
