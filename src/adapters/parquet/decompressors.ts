import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** Smallest output buffer that zlib accepts. */
const MIN_CHUNK_BYTES = 64;

/**
 * One decompressor per codec. Node's own zstd and gzip take a third of the time of their JavaScript counterparts;
 * snappy (WebAssembly), lz4 and brotli come from hyparquet-compressors.
 */
export const DECOMPRESSORS: Compressors = {
  ...compressors,
  GZIP: (input, outputBytes) => gunzipSync(input, oneChunk(outputBytes)),
  ZSTD: (input, outputBytes) => zstdDecompressSync(input, oneChunk(outputBytes)),
};

/** Lets zlib write into one buffer instead of concatenating chunks of 16 kB. */
function oneChunk(outputBytes: number): { chunkSize: number } {
  return { chunkSize: Math.max(MIN_CHUNK_BYTES, outputBytes) };
}
