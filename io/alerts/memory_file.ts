/** A small text in a file of its own, which is old or new after a crash, never half of it. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { InputError, systemCode, systemReason } from '../input_error';
import { isRunning } from '../is_running';

export class MemoryFile {
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly lock: string | null,
  ) {}

  /** A file that nobody else has: who has something else has it, too. */
  static ownedWith(file: string): MemoryFile {
    return new MemoryFile(file, null);
  }

  /**
   * Takes the file for this process.
   *
   * @throws {InputError} where another process has it, or nothing can be written beside it
   */
  static open(file: string): MemoryFile {
    const lock = `${file}.lock`;
    for (let attempt = 0; ; attempt++) {
      try {
        fs.writeFileSync(lock, `${process.pid} ${os.hostname()}\n`, { flag: 'wx' });
        return new MemoryFile(file, lock);
      } catch (error) {
        if (systemCode(error) !== 'EEXIST')
          throw new InputError(
            `cannot write ${lock}, ${systemReason(error)}. Name a file in a directory that is there and that you may write to`,
          );
        const owner = ownerOf(lock);
        if (attempt > 0 || (owner !== null && isThere(owner)))
          throw new InputError(
            `${file} is in use by ${owner === null ? 'another process' : `process ${owner.pid}${owner.host === os.hostname() ? '' : ` of ${owner.host}`}`}: two that send from one memory would send twice. Wait for it; if it is gone, remove ${lock}`,
          );
        fs.rmSync(lock, { force: true });
      }
    }
  }

  /** null where there is none yet. @throws {InputError} where it can't be read */
  read(): string | null {
    try {
      return fs.readFileSync(this.file, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw new InputError(`cannot read ${this.file}: ${systemReason(error)}`);
    }
  }

  /** When the promise is kept, the text is on the disk. Texts are written in the order of the calls. @throws {InputError} where it can't be written; the file is as it was */
  write(text: string): Promise<void> {
    const written = this.writing.then(() => this.replace(text));
    this.writing = written.catch(() => {});
    return written;
  }

  /** Gives the file back, after what is being written. */
  async close(): Promise<void> {
    await this.writing;
    if (this.lock !== null) fs.rmSync(this.lock, { force: true });
  }

  private async replace(text: string): Promise<void> {
    const temporary = path.join(path.dirname(this.file), `.${path.basename(this.file)}.${process.pid}`);
    try {
      // It says what was sent where, and what is about to be: nobody else's business.
      const handle = await fs.promises.open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await fs.promises.rename(temporary, this.file);
      await syncDirectory(path.dirname(this.file));
    } catch (error) {
      await fs.promises.rm(temporary, { force: true }).catch(() => {});
      throw new InputError(`cannot write ${this.file}: ${systemReason(error)}`);
    }
  }
}

/** Makes sure that a new name is on the disk. Windows can't and needn't. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.promises.open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}

interface Owner {
  readonly pid: number;
  readonly host: string;
}

function ownerOf(lock: string): Owner | null {
  try {
    const [pid, host] = fs.readFileSync(lock, 'utf8').trim().split(' ');
    return { pid: Number(pid), host: host ?? '' };
  } catch {
    return null;
  }
}

/** What runs on another machine can't be looked at. */
function isThere({ pid, host }: Owner): boolean {
  return host !== os.hostname() || (pid !== process.pid && isRunning(pid));
}
