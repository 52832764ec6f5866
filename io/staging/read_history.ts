import * as fs from 'node:fs';

/** Impulse → the elements that a JSON file holds. */
export class ReadHistory<T> {
  constructor(readonly file: string) {}

  *process(): Generator<T> {
    yield* JSON.parse(fs.readFileSync(this.file, 'utf8')) as T[];
  }
}
