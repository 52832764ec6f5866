import * as fs from 'node:fs';
import * as path from 'node:path';

/** The built dashboard, which lies beside the bundle; null where it was not built. */
export function dashboardFolder(): string | null {
  const folders = [path.join(__dirname, '..', 'dashboard'), path.join(__dirname, '..', '..', 'dashboard')];
  return (
    folders.find(
      (folder) =>
        path.basename(path.dirname(folder)) === 'dist' && fs.existsSync(path.join(folder, 'index.html')),
    ) ?? null
  );
}
