import * as fs from 'node:fs';
import * as path from 'node:path';

/** The version of this package, from the package.json above this file: the build lies one folder deeper than the sources. */
export function packageVersion(): string {
  const folders = [path.join(__dirname, '..'), path.join(__dirname, '..', '..')];
  const file = folders.map((folder) => path.join(folder, 'package.json')).find((name) => fs.existsSync(name));
  return file === undefined ? 'unknown' : JSON.parse(fs.readFileSync(file, 'utf8')).version;
}
