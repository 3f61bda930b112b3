import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { InputError } from '../../model/input-error.ts';

/** Bytes of one file, whole or on demand. `read(start, end)` is half-open and may answer a view or a copy. */
export interface ByteSource {
  readonly byteLength: number;
  read(start: number, end: number): Uint8Array;
}

/**
 * The whole file in memory.
 * @throws InputError naming the file when it cannot be read.
 */
export function readWholeFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** A source over bytes that are already in memory; reads are views. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { byteLength: bytes.byteLength, read: (start, end) => bytes.subarray(start, end) };
}

/**
 * Opens a file, lets `use` read parts of it, and closes it whatever happens.
 * @throws InputError naming the file when it cannot be opened or read.
 */
export function withFile<T>(path: string, use: (source: ByteSource) => T): T {
  const descriptor = openOrRefuse(path);
  try {
    return use({
      byteLength: fstatSync(descriptor).size,
      read: (start, end) => readRange(path, descriptor, start, end),
    });
  } finally {
    closeSync(descriptor);
  }
}

function openOrRefuse(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function readRange(path: string, descriptor: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  try {
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): InputError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new InputError(`${path}: cannot be read (${reason})`, { cause });
}
