/** Something outside is not as it must be: a path, a file's form, an output. The message says what and what to do; no stack trace is shown. */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** What the process exits with. */
  readonly exitCode = 2;
}

/** The code of a system error (`ENOENT`, …), or ''. */
export function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** What a system error means, in words. */
export function systemReason(error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EEXIST: 'a file of that name is in the way',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    ENOSPC: 'no space left on the device',
    EROFS: 'the file system is read-only',
    EMFILE: 'too many open files',
    EFBIG: 'file too large for the limits of the system or the user',
    ELOOP: 'its symbolic links go in a circle',
    ENAMETOOLONG: 'the name is too long',
    EDQUOT: 'the disk quota is used up',
  };
  return reasons[systemCode(error)] ?? (error instanceof Error ? error.message : String(error));
}
