/** The memory of alerts in its file. */
import { randomBytes } from 'node:crypto';
import type { MemoryFile } from '../../io/alerts/memory_file';
import { InputError } from '../../io/input_error';
import type { MemoryStore } from '../../serving/alerts/memory';
import { memoryOf, memoryText } from '../../serving/alerts/memory_text';

/** @param file as messages name it */
export function storedMemory(file: string, stored: MemoryFile): MemoryStore {
  return {
    load: () => {
      const text = stored.read();
      if (text === null) return null;
      try {
        return memoryOf(text);
      } catch (error) {
        throw new InputError(
          `cannot read ${file}: ${(error as Error).message}. Name another file, or remove it: what was told may then be told again`,
        );
      }
    },
    save: (memory) => stored.write(memoryText(memory)),
  };
}

/** A name for a memory that is begun. */
export function freshMemoryId(): string {
  return randomBytes(6).toString('hex');
}
