import * as fs from 'node:fs';
import { getObject } from '../gcs/get_object';
import { isObjectPath } from '../gcs/object_path';

/** Impulse → the elements that a JSON file holds, of this machine (then at once, for runners without promises) or in Cloud Storage. */
export class ReadHistory<T> {
  constructor(readonly file: string) {}

  process(): Iterable<T> | Promise<Iterable<T>> {
    if (!isObjectPath(this.file)) return JSON.parse(fs.readFileSync(this.file, 'utf8')) as T[];
    return getObject(this.file).then((bytes) => JSON.parse(Buffer.from(bytes).toString('utf8')) as T[]);
  }
}
