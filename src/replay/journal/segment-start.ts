import { decodeSegmentHeader, encodeSegmentHeader, type SegmentHeader } from '../../wire/segment-header.ts';
import type { JournalRule } from './corruption.ts';
import { crc32c } from './crc32c.ts';
import { roundUpToRecord } from './record-layout.ts';

/*
 * The first bytes of a segment, little-endian; records begin where the zeros end:
 *
 *   0        4          8        12             16
 *   ├────────┼──────────┼────────┼──────────────┼────────────────────────────┬─────────┐
 *   │ DJSG   │ digest   │ format │ header bytes │ SegmentHeader (FlatBuffers)│ zeros   │
 *   │        │ CRC-32C  │ u32    │ u32          │                            │ to 8    │
 *
 * The digest covers everything from `format` to the first record; the checksums of the segment's records are chained
 * from it, and the header holds the digest of the segment before, so that one chain runs through the whole stream.
 */
const MAGIC = 0x47534a44; // "DJSG"
/** Raised by every change of the layout of segments or records. */
export const SEGMENT_FORMAT = 1;
const START_MAGIC = 0;
const START_DIGEST = 4;
const START_FORMAT = 8;
const START_HEADER_BYTES = 12;
const START_HEADER = 16;

/** The readable start of a segment. */
export interface SegmentStart {
  readonly header: SegmentHeader;
  /** What the checksums of its records are chained from. */
  readonly digest: number;
  /** Byte offset of the first record. */
  readonly recordsAt: number;
}

/** Why the start of a segment cannot be read. */
export interface StartFault {
  readonly rule: JournalRule;
  readonly detail: string;
  /** True when a write that was cut short can have left this. */
  readonly isPossiblyTorn: boolean;
}

/** The start of a segment as bytes of its own. */
export function encodeSegmentStart(header: SegmentHeader): { bytes: Uint8Array; digest: number } {
  const message = encodeSegmentHeader(header);
  const bytes = new Uint8Array(roundUpToRecord(START_HEADER + message.length));
  const words = new Int32Array(bytes.buffer);
  bytes.set(message, START_HEADER);
  words[START_MAGIC >> 2] = MAGIC;
  words[START_FORMAT >> 2] = SEGMENT_FORMAT;
  words[START_HEADER_BYTES >> 2] = message.length;
  const digest = crc32c(words, START_FORMAT >> 2, words.length);
  words[START_DIGEST >> 2] = digest;
  return { bytes, digest };
}

/** @param bytes - a segment, or enough of its start; 8-aligned in memory. */
export function decodeSegmentStart(bytes: Uint8Array): SegmentStart | StartFault {
  if (bytes.length < START_HEADER) {
    return fault('header', `a segment begins with ${START_HEADER} bytes, had ${bytes.length}`, true);
  }
  const words = wordsOf(bytes);
  const magic = words[START_MAGIC >> 2]!;
  // A file that grew before its bytes arrived is all zeros.
  if (magic !== MAGIC) return fault('magic', `a segment begins with DJSG, had ${hex(magic)}`, magic === 0);
  const recordsAt = roundUpToRecord(START_HEADER + (words[START_HEADER_BYTES >> 2]! >>> 0));
  if (recordsAt > bytes.length) {
    return fault('header', `the header says that it ends at ${recordsAt}, the bytes end at ${bytes.length}`, true);
  }
  const digest = crc32c(words, START_FORMAT >> 2, recordsAt >> 2);
  const said = words[START_DIGEST >> 2]! >>> 0;
  if (digest !== said) return fault('header', `digest of the header is ${hex(digest)}, it says ${hex(said)}`, true);
  const format = words[START_FORMAT >> 2]! >>> 0;
  if (format !== SEGMENT_FORMAT) return fault('format', `format must be ${SEGMENT_FORMAT}, was ${format}`, false);
  return readHeader(bytes, words[START_HEADER_BYTES >> 2]!, digest, recordsAt);
}

/** True for a start that could be read. */
export function isSegmentStart(start: SegmentStart | StartFault): start is SegmentStart {
  return 'recordsAt' in start;
}

/** Whole words of 8-aligned bytes. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length >> 2);
}

/** A digest as the header of the next segment carries it: four bytes, little-endian. */
export function digestBytes(digest: number): Uint8Array {
  return Uint8Array.of(digest, digest >>> 8, digest >>> 16, digest >>> 24);
}

/** A checksum for messages. */
export function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

function readHeader(
  bytes: Uint8Array,
  headerBytes: number,
  digest: number,
  recordsAt: number,
): SegmentStart | StartFault {
  try {
    const header = decodeSegmentHeader(bytes.slice(START_HEADER, START_HEADER + headerBytes));
    return { header, digest, recordsAt };
  } catch (error) {
    return fault('header', (error as Error).message, false);
  }
}

function fault(rule: JournalRule, detail: string, isPossiblyTorn: boolean): StartFault {
  return { rule, detail, isPossiblyTorn };
}
