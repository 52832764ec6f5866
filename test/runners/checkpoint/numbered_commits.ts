/** Commits that are a function of a seed and their number, so that whoever knows the number of the last one knows what the state must hold. */
import { createHash } from 'node:crypto';
import type { StateChange } from '../../../runners/local/checkpoint';

export const SPACES = ['groups:Count', 'groups:Count/Merge', 'timers'];
const KEYS = 12;

/** Numbers of 32 bits out of a text. */
export function dice(text: string): () => number {
  let rolls = 0;
  return () => createHash('sha256').update(`${text} ${rolls++}`).digest().readUInt32LE(0);
}

/** The changes of commit `number`: values of up to a megabyte, among them keys longer than lmdb takes, removals, and several changes of one key. */
export function changesOf(seed: number, number: number): StateChange[] {
  const roll = dice(`${seed}-${number}`);
  return Array.from({ length: 2 + (roll() % 10) }, () => {
    const at = roll() % KEYS;
    const key = Buffer.alloc(at % 4 === 0 ? 3000 + at : at + 1, at);
    const size = roll() % 8 === 0 ? roll() % (1 << 20) : roll() % 3000;
    const value = roll() % 5 === 0 ? null : Buffer.alloc(size, number & 255);
    return { space: SPACES[roll() % SPACES.length], key, value };
  });
}

/** Space, key and value, short enough to be printed. */
export function digest(space: string, key: Uint8Array, value: Uint8Array): string {
  return `${space} ${Buffer.from(key).toString('hex').slice(0, 40)} ${key.length}: ${value.length} ${createHash('md5').update(value).digest('hex')}`;
}

/** Digests of what a state holds after the first `count` commits, sorted. */
export function contentAfter(seed: number, count: number): string[] {
  const held = new Map<string, string>();
  for (let number = 1; number <= count; number++) {
    for (const { space, key, value } of changesOf(seed, number)) {
      const name = `${space} ${Buffer.from(key).toString('hex')}`;
      if (value === null) held.delete(name);
      else held.set(name, digest(space, key, value));
    }
  }
  return [...held.values()].sort();
}
