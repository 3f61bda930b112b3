import * as fs from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import { compressSegment, decompressSegment, ZSTD_SUFFIX } from './compressed-segment.ts';
import { type IoFailure, ioFailure } from './io-failure.ts';
import { SegmentAppender } from './segment-appender.ts';

/** Longest file that is read at once; segments are 64 MiB by default. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

/**
 * A journal's folder: the segments of both machines side by side. Blocking calls, for the journal worker, pool tasks
 * and commands; one writer per stream. Satisfies the port JournalStore of src/replay/journal.
 */
export class JournalFolder {
  /** As given. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** An existing folder. @throws InputError when there is none. */
  static open(path: string): JournalFolder {
    if (fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return new JournalFolder(path);
    throw new InputError(`journal must be a folder that exists, was ${path}`);
  }

  /** A folder made when it is not there. @throws InputError when it cannot be made. */
  static make(path: string): JournalFolder {
    try {
      fs.mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new InputError(`cannot make the journal's folder ${path}: ${(error as Error).message}`);
    }
    return JournalFolder.open(path);
  }

  /** Files of the folder, folders in it left out. */
  list(): { name: string; bytes: number }[] {
    const entries = fs.readdirSync(this.path, { withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.flatMap(({ name }) => {
      // A compression or a prune in another process may have taken it away since.
      const stat = fs.statSync(this.#at(name), { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ name, bytes: stat.size }];
    });
  }

  /** The bytes of a file, decompressed by its name; null when they cannot be. @throws Error when it cannot be read. */
  read(name: string, limitBytes = MAX_FILE_BYTES): Uint8Array | null {
    if (!name.endsWith(ZSTD_SUFFIX)) return this.#readStart(name, limitBytes);
    return decompressSegment(fs.readFileSync(this.#at(name)))?.subarray(0, limitBytes) ?? null;
  }

  /** A new file with these first bytes, its name durable; nothing is left of it when that fails. */
  create(name: string, bytes: Uint8Array): SegmentAppender | IoFailure {
    const path = this.#at(name);
    let file: number;
    try {
      file = fs.openSync(path, 'wx');
    } catch (error) {
      return ioFailure('create', path, error, true);
    }
    const appender = new SegmentAppender(path, file, 0);
    const failure = appender.append(bytes) ?? this.#syncNames('create', path);
    if (failure === null) return appender;
    appender.close();
    this.remove(name);
    return { ...failure, operation: 'create' };
  }

  /** Writes a file whole or not at all: under another name first, synced, then renamed. */
  replace(name: string, bytes: Uint8Array): IoFailure | null {
    const path = this.#at(name);
    const temporary = `${path}.tmp`;
    try {
      fs.writeFileSync(temporary, bytes, { flush: true });
      fs.renameSync(temporary, path);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      return ioFailure('write', path, error, true);
    }
    return this.#syncNames('write', path);
  }

  /** Cuts a file to its first `bytes` bytes and syncs it, also where it already ends there. */
  truncate(name: string, bytes: number): IoFailure | null {
    const path = this.#at(name);
    try {
      const file = fs.openSync(path, 'r+');
      try {
        if (fs.fstatSync(file).size !== bytes) fs.ftruncateSync(file, bytes);
        fs.fsyncSync(file);
      } finally {
        fs.closeSync(file);
      }
      return null;
    } catch (error) {
      return ioFailure('truncate', path, error, true);
    }
  }

  /** Removes a file; one that is gone already is no failure. */
  remove(name: string): IoFailure | null {
    const path = this.#at(name);
    try {
      fs.rmSync(path, { force: true });
    } catch (error) {
      return ioFailure('remove', path, error, true);
    }
    return this.#syncNames('remove', path);
  }

  /**
   * Replaces a closed segment by its compressed form. The plain file goes last: where both lie there, it was
   * interrupted and the plain one counts.
   */
  compress(name: string): IoFailure | null {
    try {
      const compressed = compressSegment(fs.readFileSync(this.#at(name)));
      return this.replace(`${name}${ZSTD_SUFFIX}`, compressed) ?? this.remove(name);
    } catch (error) {
      return ioFailure('compress', this.#at(name), error, true);
    }
  }

  #at(name: string): string {
    return join(this.path, name);
  }

  #readStart(name: string, limitBytes: number): Uint8Array {
    const file = fs.openSync(this.#at(name), 'r');
    try {
      const bytes = new Uint8Array(Math.min(limitBytes, fs.fstatSync(file).size));
      let done = 0;
      while (done < bytes.length) {
        const count = fs.readSync(file, bytes, done, bytes.length - done, done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    } finally {
      fs.closeSync(file);
    }
  }

  /** Makes the folder's names durable: a synced file is lost when its name is. */
  #syncNames(operation: IoFailure['operation'], path: string): IoFailure | null {
    try {
      const folder = fs.openSync(this.path, 'r');
      try {
        fs.fsyncSync(folder);
      } finally {
        fs.closeSync(folder);
      }
      return null;
    } catch (error) {
      return ioFailure(operation, path, error, false);
    }
  }
}
