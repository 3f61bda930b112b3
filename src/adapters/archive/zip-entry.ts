import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { InputError } from '../../model/input-error.ts';

// Field offsets of PKWARE APPNOTE 6.3.10, §4.3.7 (local header), §4.3.12 (central directory), §4.3.16 (its end).
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT_BYTES = 65_535;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const CHUNK_BYTES = 1 << 18;

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly plainBytes: number;
  readonly dataOffset: number;
}

/**
 * Bytes of the only file in a zip, in chunks, checked at the end against the entry's size and CRC-32. So a consumer
 * must not trust what it made of the chunks before the iteration has finished.
 *
 * @throws InputError when the file is no zip, is cut, has other than one entry, is encrypted or packed with another
 * method than deflate, or fails its check.
 */
export async function* readZipEntry(path: string): AsyncGenerator<Uint8Array> {
  const entry = await findEntry(path);
  let crc = 0;
  let bytes = 0;
  try {
    for await (const chunk of unpack(path, entry)) {
      crc = crc32(chunk, crc);
      bytes += chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    if (isZlibError(error)) throw new InputError(`${path}: deflated data is damaged (${error.message})`);
    throw error;
  }
  if (bytes !== entry.plainBytes || crc !== entry.crc) {
    throw new InputError(
      `${path}: entry must have ${entry.plainBytes} bytes with CRC ${hex(entry.crc)}, had ${bytes} with ${hex(crc)}`,
    );
  }
}

function unpack(path: string, entry: Entry): AsyncIterable<Buffer> {
  if (entry.packedBytes === 0) return (async function* () {})();
  const end = entry.dataOffset + entry.packedBytes - 1;
  const packed = createReadStream(path, { start: entry.dataOffset, end, highWaterMark: CHUNK_BYTES });
  if (entry.method === STORED) return packed;
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  packed.on('error', (error) => inflate.destroy(error));
  inflate.on('close', () => packed.destroy());
  return packed.pipe(inflate);
}

async function findEntry(path: string): Promise<Entry> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const tailBytes = Math.min(size, END_BYTES + LONGEST_COMMENT_BYTES);
    const read = async (offset: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      if (bytesRead !== length) throw new InputError(`${path}: zip is cut at byte ${offset + bytesRead}`);
      return buffer;
    };
    const tail = await read(size - tailBytes, tailBytes);
    const end = findEndRecord(tail);
    if (end < 0) throw new InputError(`${path}: is no complete zip (no end record in ${size} bytes)`);
    const entries = tail.readUInt16LE(end + 10);
    if (entries !== 1) throw new InputError(`${path}: zip must hold one file, held ${entries}`);
    const central = await read(tail.readUInt32LE(end + 16), CENTRAL_BYTES);
    if (central.readUInt32LE(0) !== CENTRAL_SIGNATURE) throw new InputError(`${path}: zip has no central directory`);
    return await locate(path, central, read);
  } finally {
    await handle.close();
  }
}

async function locate(
  path: string,
  central: Buffer,
  read: (offset: number, length: number) => Promise<Buffer>,
): Promise<Entry> {
  const method = central.readUInt16LE(10);
  if ((central.readUInt16LE(8) & 1) !== 0) throw new InputError(`${path}: zip entry is encrypted`);
  if (method !== STORED && method !== DEFLATED) {
    throw new InputError(`${path}: zip method must be 0 (stored) or 8 (deflate), was ${method}`);
  }
  const localOffset = central.readUInt32LE(42);
  const local = await read(localOffset, LOCAL_BYTES);
  if (local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new InputError(`${path}: zip has no header at ${localOffset}`);
  return {
    method,
    crc: central.readUInt32LE(16),
    // Sizes of the central directory: those of a local header are 0 when a data descriptor follows.
    packedBytes: central.readUInt32LE(20),
    plainBytes: central.readUInt32LE(24),
    dataOffset: localOffset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28),
  };
}

/** Offset of the end record in the file's last bytes, -1 when there is none. The last one wins. */
function findEndRecord(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END_SIGNATURE && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)
      return at;
  }
  return -1;
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
