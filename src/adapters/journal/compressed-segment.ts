import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** File names of compressed segments end in this. */
export const ZSTD_SUFFIX = '.zst';
/** Level 3, zstd's default: higher ones gain few per cent on frames of doubles and cost several times as much. */
const LEVEL = 3;

/** A segment compressed by zstd, with a checksum of its content. @throws Error when it would not come back the same. */
export function compressSegment(bytes: Uint8Array): Uint8Array {
  const compressed = zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  if (!zstdDecompressSync(compressed).equals(bytes)) {
    throw new Error('the compressed segment does not decompress to the same bytes');
  }
  return compressed;
}

/** What was compressed; null when the bytes are damaged. */
export function decompressSegment(bytes: Uint8Array): Uint8Array | null {
  try {
    return zstdDecompressSync(bytes);
  } catch {
    return null;
  }
}
