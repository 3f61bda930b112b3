import { open, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import type { ArchiveCache } from './archive-cache.ts';
import { parseChecksum, sha256OfFile } from './checksum.ts';
import { request, TransientError, transientFrom, watchIdle, withRetries } from './http-client.ts';
import { type ArchiveFile, describeFile } from './layout.ts';
import type { RetryPolicy } from './options.ts';

/** What a download needs besides the file. */
export interface DownloadSettings {
  readonly baseUrl: string;
  readonly cache: ArchiveCache;
  readonly allowChecksumMismatch: boolean;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  /** Called with the bytes of each chunk. */
  readonly onBytes: (bytes: number) => void;
}

/** A file that is in the cache and verified. */
export interface Downloaded {
  readonly path: string;
  readonly sha256: string;
  /** False when its bytes differ from the published checksum and the settings allow that. */
  readonly matchesChecksum: boolean;
}

/**
 * Brings a file into the cache: nothing to do when it is there, continued when a part of it is, verified against its
 * `.CHECKSUM` before it takes its name.
 *
 * @returns null when the archive does not publish the file (404 of its `.CHECKSUM`; the bucket listing is stale, so
 * probing is the only way to know).
 * @throws InputError when the checksum does not match twice; Error when the network gives nothing.
 */
export async function download(file: ArchiveFile, settings: DownloadSettings): Promise<Downloaded | null> {
  const { cache } = settings;
  const path = cache.zipPath(file);
  const cached = await cache.verified(file);
  if (cached !== null) return { path, sha256: cached, matchesChecksum: true };

  const expected = await fetchChecksum(file, settings);
  if (expected === null) return null;
  await cache.prepare(file);
  let sha256 = await fetchZip(file, settings);
  if (sha256 !== expected) {
    // A part of an older publication, or a damaged transfer: once more from the first byte.
    await rm(cache.partPath(file), { force: true });
    sha256 = await fetchZip(file, settings);
  }
  if (sha256 !== expected && !settings.allowChecksumMismatch) {
    await rm(cache.partPath(file), { force: true });
    throw new InputError(
      `${describeFile(file)}: sha256 must be ${expected} (its .CHECKSUM), was ${sha256} in two downloads of ` +
        `${urlOf(file, settings)}; the archive never corrects some files: allow a mismatch to take it as it is`,
    );
  }
  // Only what matched takes the final name: a file taken as it is will be asked for again by the next pull.
  if (sha256 !== expected) return { path: cache.partPath(file), sha256, matchesChecksum: false };
  await cache.finish(file, sha256);
  return { path, sha256, matchesChecksum: true };
}

/**
 * Size of a file at the archive.
 * @returns null when it is not published.
 * @throws InputError when the server does not say the size.
 */
export async function remoteBytes(
  file: ArchiveFile,
  settings: Pick<DownloadSettings, 'baseUrl' | 'retry' | 'signal'>,
): Promise<number | null> {
  const url = urlOf(file, settings);
  return withRetries(describeFile(file), settings, async () => {
    const watch = watchIdle(settings);
    try {
      const answer = await request('HEAD', url, watch);
      if (!answer.found) return null;
      const bytes = Number(answer.response.headers.get('content-length') ?? Number.NaN);
      if (!Number.isSafeInteger(bytes)) throw new InputError(`${url}: HEAD gave no content-length, one is needed`);
      return bytes;
    } finally {
      watch.done();
    }
  });
}

async function fetchChecksum(file: ArchiveFile, settings: DownloadSettings): Promise<string | null> {
  const url = `${urlOf(file, settings)}.CHECKSUM`;
  const text = await withRetries(`${describeFile(file)} .CHECKSUM`, settings, async () => {
    const watch = watchIdle(settings);
    try {
      const answer = await request('GET', url, watch);
      if (!answer.found) return null;
      return await answer.response.text().catch((error: unknown) => {
        throw transientFrom(error, url);
      });
    } finally {
      watch.done();
    }
  });
  return text === null ? null : parseChecksum(text, basename(file.path));
}

/** Fetches the rest of a partial download, or all of it. @returns SHA-256 of the complete part file. */
async function fetchZip(file: ArchiveFile, settings: DownloadSettings): Promise<string> {
  let furthest = 0;
  await withRetries(describeFile(file), settings, (progressed) =>
    fetchRest(file, settings, (position) => {
      // A server that starts over each time must not keep the count of failures at zero.
      if (position <= furthest) return;
      furthest = position;
      progressed();
    }),
  );
  return sha256OfFile(settings.cache.partPath(file));
}

async function fetchRest(
  file: ArchiveFile,
  settings: DownloadSettings,
  reached: (position: number) => void,
): Promise<void> {
  const url = urlOf(file, settings);
  const haveBytes = await settings.cache.partBytes(file);
  const watch = watchIdle(settings);
  try {
    const answer = await request('GET', url, watch, haveBytes > 0 ? { range: `bytes=${haveBytes}-` } : {});
    if (!answer.found) throw new InputError(`${describeFile(file)}: ${url} is missing although its .CHECKSUM exists`);
    const { response } = answer;
    if (response.status === 416) return await settleUnsatisfiableRange(file, settings, response, haveBytes);
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
    const start = response.status === 206 ? Number(range?.[1] ?? Number.NaN) : 0;
    if (start !== 0 && start !== haveBytes) {
      throw new InputError(`${url}: asked for bytes from ${haveBytes}, content-range began at ${start}`);
    }
    let position = start;
    await appendBody(settings.cache.partPath(file), response, start, (bytes) => {
      position += bytes;
      watch.alive();
      reached(position);
      settings.onBytes(bytes);
    });
  } catch (error) {
    if (error instanceof TransientError || error instanceof InputError) throw error;
    if (isFileSystemError(error)) throw error;
    throw transientFrom(error, url);
  } finally {
    watch.done();
  }
}

/** 416: the part is already whole, or longer than the file and of no use. */
async function settleUnsatisfiableRange(
  file: ArchiveFile,
  settings: DownloadSettings,
  response: Response,
  haveBytes: number,
): Promise<void> {
  await response.body?.cancel();
  const total = /^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (total !== undefined && Number(total) === haveBytes) return;
  await rm(settings.cache.partPath(file), { force: true });
  throw new TransientError(`${urlOf(file, settings)}: ${haveBytes} bytes of an earlier download do not fit the file`);
}

async function appendBody(
  path: string,
  response: Response,
  start: number,
  onChunk: (bytes: number) => void,
): Promise<void> {
  if (response.body === null) throw new Error('answer without a body');
  const expectedBytes = Number(response.headers.get('content-length') ?? Number.NaN);
  let received = 0;
  const handle = await open(path, start === 0 ? 'w' : 'a');
  try {
    for await (const chunk of response.body) {
      await handle.writeFile(chunk);
      received += chunk.byteLength;
      onChunk(chunk.byteLength);
    }
  } finally {
    await handle.close();
  }
  if (Number.isFinite(expectedBytes) && received !== expectedBytes) {
    throw new Error(`connection ended after ${received} of ${expectedBytes} bytes`);
  }
}

function urlOf(file: ArchiveFile, settings: Pick<DownloadSettings, 'baseUrl'>): string {
  return `${settings.baseUrl}/${file.path}`;
}

function isFileSystemError(error: unknown): boolean {
  // Failures of the disk carry a path or a file-system call; undici's network errors carry neither.
  return error instanceof Error && 'syscall' in error && 'errno' in error && !('address' in error);
}
