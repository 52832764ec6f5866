import * as fs from 'node:fs';
import { impulse, type PCollection, type Root, withName } from '../../beam/sdk';
import { step } from '../../beam/step';
import { ReadHistory } from './read_history';

/** Writes what the launcher has read already where {@link keptHistory} reads it when the pipeline runs. */
export function keepHistory(file: string, elements: readonly unknown[]): void {
  fs.writeFileSync(file, JSON.stringify(elements), { mode: 0o600 });
}

/** The source of what `file` will hold when the pipeline runs. */
export function keptHistory<T>(file: string): (root: Root) => PCollection<T> {
  const read = withName('Read history', (start: Root) =>
    (start.apply(withName('Start', impulse())) as PCollection<Uint8Array>).apply(
      step<Uint8Array, T, unknown>('Read', new ReadHistory<T>(file)),
    ),
  );
  return (root) => root.apply(read as never) as PCollection<T>;
}
