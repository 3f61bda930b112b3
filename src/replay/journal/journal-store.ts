/**
 * What the journal needs of the place where its segments lie. The folder of a disk is src/adapters/journal; tests keep
 * segments in memory. Names are plain file names.
 */
export interface JournalStore {
  /** For messages. */
  readonly path: string;
  /** Every file there, in any order. */
  list(): readonly StoredFile[];
  /**
   * The bytes of a file, at most the first `limitBytes`; decompressed when its name ends in `.zst`. Null when what is
   * stored cannot be decompressed.
   * @throws Error when it cannot be read.
   */
  read(name: string, limitBytes?: number): Uint8Array | null;
  /** A new file with these first bytes, open for appending; an existing one is never overwritten. */
  create(name: string, bytes: Uint8Array): SegmentFile | IoFailure;
  /** Writes a file whole or not at all, durably; replaces an existing one. */
  replace(name: string, bytes: Uint8Array): IoFailure | null;
  /** Cuts a file to its first `bytes` bytes, durably. */
  truncate(name: string, bytes: number): IoFailure | null;
  /** Removes a file, durably. */
  remove(name: string): IoFailure | null;
  /** Replaces a file by its compressed form, named with `.zst` behind, durably. */
  compress(name: string): IoFailure | null;
}

export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
}

/** A segment open for appending. */
export interface SegmentFile {
  /** Appends all of the bytes with one write, or none of them: what a failed write left is cut off again. */
  append(bytes: Uint8Array): IoFailure | null;
  /** Returns when everything appended survives a power loss, the file's name included. */
  sync(): IoFailure | null;
  close(): void;
}

/** Why a disk did not do what it was asked: an expected outcome for the journal, hence a value. */
export interface IoFailure {
  readonly operation: 'create' | 'write' | 'sync' | 'truncate' | 'remove' | 'compress';
  readonly path: string;
  /** As the operating system spells it: ENOSPC, EACCES, EROFS, ... */
  readonly code: string;
  /** For people. */
  readonly reason: string;
  /** False when going on would be unsafe: after a failed sync, or a half-written record that could not be cut off. */
  readonly canRetry: boolean;
}

/** One line for an operator. */
export function describeIoFailure({ operation, path, reason, code }: IoFailure): string {
  return `cannot ${operation} ${path}: ${reason} (${code})`;
}

/** Tells a failure from the open file that stands in its place on success. */
export function isIoFailure(value: SegmentFile | IoFailure): value is IoFailure {
  return 'operation' in value;
}
