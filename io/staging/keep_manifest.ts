import * as fs from 'node:fs';
import type { Keyed } from '../../beam/combine';
import type { Staged } from './stage_rows';

/** The last step of a runner without promises: writes down what was staged, for the launcher to publish when the graph has run. */
export class KeepManifest {
  constructor(readonly file: string) {}

  *process({ value }: Keyed<Iterable<Staged>>): Generator<number> {
    const parts = [...value];
    fs.writeFileSync(this.file, JSON.stringify(parts), { flag: 'wx' });
    yield parts.length;
  }
}

/** Reads what {@link KeepManifest} wrote. */
export function readManifest(file: string): Staged[] {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
