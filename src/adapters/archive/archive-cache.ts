import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseChecksum, sha256OfFile } from './checksum.ts';
import type { ArchiveFile } from './layout.ts';

/**
 * Downloads on disk. A zip stands under its own name only after its bytes matched the checksum stored beside it;
 * before that it is `<name>.part`.
 *
 * ```
 *  <cacheDir>/<host>/data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2025-05-26.zip
 *                                                            BTCUSDT-aggTrades-2025-05-26.zip.CHECKSUM
 *                                                            BTCUSDT-aggTrades-2025-05-27.zip.part
 * ```
 */
export class ArchiveCache {
  readonly #root: string;

  /** @param baseUrl - its host separates the files of different archives. */
  constructor(cacheDir: string, baseUrl: string) {
    const { host, pathname } = new URL(baseUrl);
    this.#root = join(cacheDir, `${host}${pathname === '/' ? '' : pathname}`.replace(/[^0-9A-Za-z.-]+/g, '_'));
  }

  zipPath(file: ArchiveFile): string {
    return join(this.#root, file.path);
  }

  partPath(file: ArchiveFile): string {
    return `${this.zipPath(file)}.part`;
  }

  /** Bytes that an earlier, unfinished download left; 0 when none. */
  async partBytes(file: ArchiveFile): Promise<number> {
    return (await sizeOf(this.partPath(file))) ?? 0;
  }

  /** Size of a finished download; null when there is none. */
  async finishedBytes(file: ArchiveFile): Promise<number | null> {
    return existsSync(this.#checksumPath(file)) ? await sizeOf(this.zipPath(file)) : null;
  }

  /**
   * SHA-256 of a finished download whose bytes still match what was stored with it; null when there is none or they
   * do not (then it is removed).
   */
  async verified(file: ArchiveFile): Promise<string | null> {
    if ((await this.finishedBytes(file)) === null) return null;
    const expected = parseChecksum(await readFile(this.#checksumPath(file), 'utf8'), basename(file.path));
    if ((await sha256OfFile(this.zipPath(file))) === expected) return expected;
    await rm(this.zipPath(file), { force: true });
    return null;
  }

  /** Creates the folder of a file. */
  async prepare(file: ArchiveFile): Promise<void> {
    await mkdir(dirname(this.zipPath(file)), { recursive: true });
  }

  /** Gives a partial download its final name. @param sha256 - of its bytes, checked by the caller. */
  async finish(file: ArchiveFile, sha256: string): Promise<void> {
    // The checksum first: a zip without one does not count as finished.
    await writeFile(`${this.#checksumPath(file)}.part`, `${sha256}  ${basename(file.path)}\n`);
    await rename(`${this.#checksumPath(file)}.part`, this.#checksumPath(file));
    await rename(this.partPath(file), this.zipPath(file));
  }

  #checksumPath(file: ArchiveFile): string {
    return `${this.zipPath(file)}.CHECKSUM`;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.size ?? null;
}
