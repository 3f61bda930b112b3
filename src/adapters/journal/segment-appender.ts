import * as fs from 'node:fs';
import { type IoFailure, ioFailure } from './io-failure.ts';

/** A file open for appending, in one thread. */
export class SegmentAppender {
  readonly #path: string;
  readonly #file: number;
  #bytes: number;

  /** @param bytes - where the file ends. */
  constructor(path: string, file: number, bytes: number) {
    this.#path = path;
    this.#file = file;
    this.#bytes = bytes;
  }

  /**
   * Appends all of the bytes, or none: with one write call, as only a disk that is getting full takes less than it is
   * given, and what the next call then says is the reason. A failed write's bytes are cut off again.
   */
  append(bytes: Uint8Array): IoFailure | null {
    let done = 0;
    try {
      while (done < bytes.length) {
        done += fs.writeSync(this.#file, bytes, done, bytes.length - done, this.#bytes + done);
      }
    } catch (error) {
      return ioFailure('write', this.#path, error, this.#cutBack());
    }
    this.#bytes += done;
    return null;
  }

  /**
   * fdatasync, which stores the file's length as well. A failed one is final: the system may have dropped the pages and
   * would call the next sync a success.
   */
  sync(): IoFailure | null {
    try {
      fs.fdatasyncSync(this.#file);
      return null;
    } catch (error) {
      return ioFailure('sync', this.#path, error, false);
    }
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #cutBack(): boolean {
    try {
      fs.ftruncateSync(this.#file, this.#bytes);
      return true;
    } catch {
      return false;
    }
  }
}
