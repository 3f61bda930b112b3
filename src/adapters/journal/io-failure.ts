/** Why a disk did not do what it was asked; a value, as a full disk is an expected outcome for a journal. */
export interface IoFailure {
  readonly operation: 'create' | 'write' | 'sync' | 'truncate' | 'remove' | 'compress';
  readonly path: string;
  /** As the operating system spells it: ENOSPC, EACCES, EROFS, ... */
  readonly code: string;
  readonly reason: string;
  /** False when going on would be unsafe. */
  readonly canRetry: boolean;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than permitted',
  EIO: 'the device failed',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EEXIST: 'it exists already',
  ENOENT: 'the folder does not exist',
};

/** A failure from what a file operation threw. */
export function ioFailure(
  operation: IoFailure['operation'],
  path: string,
  error: unknown,
  canRetry: boolean,
): IoFailure {
  const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
  return { operation, path, code, reason: REASONS[code] ?? message, canRetry };
}
