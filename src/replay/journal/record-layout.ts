import { crc32c } from './crc32c.ts';

/*
 * One record, little-endian, at a multiple of 8 bytes:
 *
 *   0          4          8          12         16         20         24
 *   ├──────────┼──────────┼──────────┼──────────┼──────────┼──────────┼─────────────┬─────────┐
 *   │ checksum │ previous │ payload  │ kind     │ sequence │ sequence │ payload     │ zeros   │
 *   │          │ checksum │ bytes    │          │ low      │ high     │             │ to 8    │
 *
 * The checksum covers everything behind itself, the checksum of the record before included: a record can be verified
 * alone, which is how valid records behind a broken one are found, and still depends on all records before it.
 */
export const RECORD_CHECKSUM = 0; // u32
export const RECORD_PREVIOUS = 4; // u32
export const RECORD_PAYLOAD_BYTES = 8; // u32
export const RECORD_KIND = 12; // u32
export const RECORD_SEQUENCE_LOW = 16; // u32
export const RECORD_SEQUENCE_HIGH = 20; // u32, below 2^21
export const RECORD_PAYLOAD = 24;
export const RECORD_HEADER_BYTES = RECORD_PAYLOAD;

export const RECORD_ALIGN_BYTES = 8;
/** Longer payloads are no payloads: a snapshot of 400 assets stays far below. */
export const MAX_PAYLOAD_BYTES = 1 << 28;

const HIGH_UNIT = 2 ** 32;
/** Sequences are whole numbers that a double holds exactly. */
const HIGH_LIMIT = 2 ** 21;

/** Bytes that a record with this payload takes. */
export function recordBytes(payloadBytes: number): number {
  return RECORD_HEADER_BYTES + roundUpToRecord(payloadBytes);
}

/** The next multiple of 8. */
export function roundUpToRecord(bytes: number): number {
  return Math.ceil(bytes / RECORD_ALIGN_BYTES) * RECORD_ALIGN_BYTES;
}

/** Writes a record's header but its two checksums. `at` is a byte offset, a multiple of 8. */
export function writeRecordHeader(
  words: Int32Array,
  at: number,
  kind: number,
  sequence: number,
  payloadBytes: number,
): void {
  words[(at + RECORD_PAYLOAD_BYTES) >> 2] = payloadBytes;
  words[(at + RECORD_KIND) >> 2] = kind;
  words[(at + RECORD_SEQUENCE_LOW) >> 2] = (sequence % HIGH_UNIT) | 0;
  words[(at + RECORD_SEQUENCE_HIGH) >> 2] = Math.floor(sequence / HIGH_UNIT);
}

/** An unsigned field of the record at `at`. */
export function recordField(words: Int32Array, at: number, field: number): number {
  return words[(at + field) >> 2]! >>> 0;
}

/** Sequence of the record at `at`; NaN when no sequence of ours has these bits. */
export function recordSequence(words: Int32Array, at: number): number {
  const high = recordField(words, at, RECORD_SEQUENCE_HIGH);
  return high < HIGH_LIMIT ? high * HIGH_UNIT + recordField(words, at, RECORD_SEQUENCE_LOW) : Number.NaN;
}

/** The checksum that the record at `at` must carry; all of it must be there. */
export function recordChecksum(words: Int32Array, at: number, payloadBytes: number): number {
  return crc32c(words, (at + RECORD_PREVIOUS) >> 2, (at + recordBytes(payloadBytes)) >> 2);
}
