import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, systemReason } from '../input_error';

/**
 * Writes a text file beside its name and then puts it in place, so that whoever reads it sees the old or the new one, and a failure leaves the old.
 *
 * @returns its size in bytes
 * @throws {InputError} that names the option and the reason, where it can't be written
 */
export function writeWhole(option: string, file: string, text: string): number {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  const bytes = Buffer.from(text);
  try {
    fs.writeFileSync(temporary, bytes);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw new InputError(
      `--${option} ${file}: cannot write it, ${systemReason(error)}. Name a file in a directory that is there and that you may write to`,
    );
  }
  return bytes.length;
}
